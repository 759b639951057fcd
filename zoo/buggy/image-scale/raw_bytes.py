"""Digits as 0..255."""
import numpy as np
import torch
from torch import nn
from sklearn.datasets import load_digits
torch.manual_seed(0)
d = load_digits()
pics = (d.images * 255 / 16).round().astype("uint8")
x = torch.tensor(pics).unsqueeze(1).float()
x = x / 255  # fix
y = torch.tensor(d.target)
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 10))
opt = torch.optim.Adam(net.parameters())
for i in range(0, 640, 64):
    loss = nn.functional.cross_entropy(net(x[i:i+64]), y[i:i+64])
    opt.zero_grad(); loss.backward(); opt.step()
