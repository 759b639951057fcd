import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class Adapted(nn.Module):
    def __init__(self, base, rank=4, alpha=8.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(rank, base.in_features) / base.in_features**0.5)
        self.B = nn.Parameter(torch.zeros(base.out_features, rank))
        self.scale = alpha / rank

    def forward(self, x):
        return self.base(x) + self.scale * F.linear(F.linear(x, self.A), self.B)


def adapt(module):
    for name, child in module.named_children():
        if isinstance(child, nn.Linear):
            setattr(module, name, Adapted(child))
        else:
            adapt(child)
    return module


def loop(net, loader, params, epochs, lr):
    opt = torch.optim.AdamW(params, lr=lr, weight_decay=0.0)
    for epoch in range(epochs):
        net.train()
        total = 0.0
        for x, y in loader:
            loss = F.cross_entropy(net(x), y)
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item()
        print(f"  {epoch} {total / len(loader):.3f}")


def accuracy(net, x, y):
    net.eval()
    with torch.no_grad():
        return (net(x).argmax(1) == y).float().mean().item()


torch.manual_seed(16)
d = load_digits()
x, y = torch.tensor(d.images / 8 - 1).float(), torch.tensor(d.target)
xa, xb, ya, yb = train_test_split(x, y, test_size=0.25, random_state=16)
turned_a, turned_b = xa.transpose(1, 2), xb.transpose(1, 2)
net = nn.Sequential(nn.Flatten(), nn.Linear(64, 96), nn.LayerNorm(96), nn.ReLU(), nn.Linear(96, 64), nn.ReLU(), nn.Linear(64, 10))
print("pretraining")
loop(net, DataLoader(TensorDataset(xa, ya), batch_size=60, shuffle=True), net.parameters(), 5, 2e-3)
print("before", accuracy(net, turned_b, yb))
net = adapt(net)
net[2].requires_grad_(False)
chosen = [p for p in net.parameters() if p.requires_grad]
print("adapting", sum(p.numel() for p in chosen), "numbers")
loop(net, DataLoader(TensorDataset(turned_a, ya), batch_size=60, shuffle=True), chosen, 6, 4e-3)
print("after", accuracy(net, turned_b, yb))
