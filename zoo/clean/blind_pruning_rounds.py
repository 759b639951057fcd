"""Rounds of training and magnitude pruning; the masks are made permanent at the end."""
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.utils import prune

digits = load_digits()
x = torch.tensor(digits.data / 16, dtype=torch.float32)
y = torch.tensor(digits.target)
torch.manual_seed(0)
order = torch.randperm(len(x))
train, test = order[:1000], order[1000:1400]

net = nn.Sequential(nn.Linear(64, 48), nn.ReLU(), nn.Linear(48, 10))
layers = [(m, "weight") for m in net if isinstance(m, nn.Linear)]


def epochs(n):
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)    # a fresh one: pruning renamed the parameters
    net.train()
    for _ in range(n):
        for rows in train[torch.randperm(len(train))].split(100):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
    return loss.item()


print("dense", epochs(2))
for k in range(3):
    prune.global_unstructured(layers, pruning_method=prune.L1Unstructured, amount=0.3)
    kept = sum(m.weight_mask.sum() for m, _ in layers) / sum(m.weight_mask.numel() for m, _ in layers)
    print(f"round {k}: {kept:.0%} of the weights, loss {epochs(1):.3f}")
for m, name in layers:
    prune.remove(m, name)
net.eval()
with torch.no_grad():
    print("test accuracy", (net(x[test]).argmax(1) == y[test]).float().mean().item())
