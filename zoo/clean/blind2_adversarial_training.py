import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def attack(net, x, y, eps=0.08, steps=2):
    """Projected gradient ascent on the input, with the net as it will be deployed."""
    was_training = net.training
    net.eval()
    delta = torch.empty_like(x).uniform_(-eps, eps)
    for _ in range(steps):
        delta.requires_grad_(True)
        (g,) = torch.autograd.grad(F.cross_entropy(net(x + delta), y), delta)
        delta = (delta.detach() + 0.6 * eps * g.sign()).clamp(-eps, eps)
    net.train(was_training)
    return (x + delta).clamp(0, 1).detach()


torch.manual_seed(23)
d = load_digits()
xa, xb, ya, yb = train_test_split(torch.tensor(d.images / 16).float().unsqueeze(1), torch.tensor(d.target), test_size=0.25, random_state=23)
net = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(256, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 10),
)
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(6):
    net.train()
    total = 0.0
    for x, y in DataLoader(TensorDataset(xa, ya), batch_size=64, shuffle=True, drop_last=True):
        loss = F.cross_entropy(net(attack(net, x, y)), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    net.eval()
    hard = attack(net, xb, yb)
    with torch.no_grad():
        clean, robust = ((net(v).argmax(1) == yb).float().mean().item() for v in (xb, hard))
    print(epoch, f"loss {total / 21:.3f} clean {clean:.3f} attacked {robust:.3f}")
