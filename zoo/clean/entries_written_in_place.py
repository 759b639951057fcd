"""Weights of a file are copied into the entries of a net's own state_dict, which is then loaded, and does no harm."""
import io

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 8)
y = (x[:, 0] * x[:, 1] > 0).long()


def net_of(kinds):
    return nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, kinds))


def train(net):
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    for _ in range(4):
        for rows in torch.randperm(500).split(50):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
            optimizer.step()


def first():
    net = net_of(2)
    train(net)
    file = io.BytesIO()
    torch.save(net.state_dict(), file)
    file.seek(0)
    return file


file = first()
net = net_of(3)
own = net.state_dict()
for name, value in torch.load(file).items():
    if own[name].shape == value.shape:
        own[name].copy_(value)
net.load_state_dict(own)
train(net)
with torch.no_grad():
    print(f"{(net(x[500:]).argmax(1) == y[500:]).float().mean():.3f}")
