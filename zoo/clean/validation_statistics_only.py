"""Activations are looked at in train mode without labels."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 2)); opt = torch.optim.Adam(net.parameters())
for s in range(30):
    x = torch.randn(32, 6); y = (x[:, 0] > 0).long(); opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
    if s % 10 == 0:
        with torch.no_grad():
            print("spread of the logits", net(torch.randn(64, 6)).std().item())
