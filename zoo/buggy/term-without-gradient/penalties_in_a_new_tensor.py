"""Weights of two layers are kept orthogonal by penalties that are collected in a new tensor."""
import torch
from torch import nn

torch.manual_seed(6)
net = nn.Sequential(nn.Linear(10, 24), nn.Tanh(), nn.Linear(24, 24), nn.Tanh(), nn.Linear(24, 1))
x = torch.randn(320, 10)
y = (x[:, :1] * x[:, 1:2]).tanh()


def orthogonality():
    each = [(w @ w.T - torch.eye(len(w))).square().mean() for w in net.parameters() if w.dim() == 2]
    penalties = torch.tensor(each, requires_grad=True)  # bug
    penalties = torch.stack(each)  # fix
    return penalties.sum()


optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for epoch in range(4):
    for rows in torch.randperm(320).split(40):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(x[rows]), y[rows]) + 0.2 * orthogonality()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
