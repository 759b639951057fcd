"""A net is trained, kept in a file, and fine-tuned on other rows."""
import os
import tempfile

import torch
from torch import nn

torch.manual_seed(0)


def build():
    return nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))


def train(net, x, y, rate):
    opt = torch.optim.Adam(net.parameters(), lr=rate)
    for rows in list(torch.randperm(len(x)).split(40)) * 6:
        opt.zero_grad()
        nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
        opt.step()
    return net


x = torch.randn(400, 6)
path = os.path.join(tempfile.mkdtemp(), "net.pt")
torch.save({"model": train(build(), x, x[:, :3].argmax(1), 3e-3).state_dict()}, path)
checkpoint = torch.load(path)
net = build()
net.load_state_dict(checkpoint["model"])  # fix
z = torch.randn(160, 6) + 0.2
train(net, z, z[:, :3].argmax(1), 1e-3)
