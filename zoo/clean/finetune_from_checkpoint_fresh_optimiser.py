"""Weights of a checkpoint begin another training, with other settings: its optimiser is not wanted."""

import os
import tempfile

import torch
from torch import nn

torch.manual_seed(0)
X = torch.randn(400, 6)
Y = X[:, :3].argmax(1)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
opt = torch.optim.Adam(net.parameters(), 3e-3)
path = os.path.join(tempfile.mkdtemp(), "pre.pt")
for b in list(torch.randperm(400).split(40)) * 5:
    loss = nn.functional.cross_entropy(net(X[b]), Y[b])
    opt.zero_grad()
    loss.backward()
    opt.step()
torch.save({"state": net.state_dict(), "opt": opt.state_dict()}, path)
new = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
new.load_state_dict(torch.load(path)["state"])
opt2 = torch.optim.SGD(new.parameters(), 1e-2)
X2 = torch.randn(200, 6) + 0.3
Y2 = X2[:, 1:4].argmax(1)
for b in list(torch.randperm(200).split(20)) * 6:
    loss = nn.functional.cross_entropy(new(X2[b]), Y2[b])
    opt2.zero_grad()
    loss.backward()
    opt2.step()
