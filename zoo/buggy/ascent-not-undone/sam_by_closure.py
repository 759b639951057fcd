"""Sharpness-aware minimisation in one function: the way uphill is not gone back."""
import torch
from sklearn.datasets import load_wine
from torch import nn
torch.manual_seed(0)
x, y = (torch.as_tensor(part) for part in load_wine(return_X_y=True))
x = ((x - x.mean(0)) / x.std(0)).float()
net = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Linear(32, 3))
opt = torch.optim.Adam(net.parameters(), 1e-2)
def sam_step(xb, yb, rho=0.05):
    opt.zero_grad()
    loss = nn.functional.cross_entropy(net(xb), yb)
    loss.backward()
    with torch.no_grad():
        norm = torch.stack([p.grad.norm() for p in net.parameters()]).norm()
        moved = [rho * p.grad / (norm + 1e-12) for p in net.parameters()]
        for p, e in zip(net.parameters(), moved):
            p.add_(e)
    opt.zero_grad()
    nn.functional.cross_entropy(net(xb), yb).backward()
    with torch.no_grad():  # fix
        for p, e in zip(net.parameters(), moved): p.sub_(e)  # fix
    opt.step()
    return loss.item()
for epoch in range(10):
    total = sum(sam_step(x[i], y[i]) for i in torch.randperm(178).split(32))
print(total)
