"""Outputs of all batches are put together, and meet their labels outside of no_grad; dropout is awake."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(500, 8); y = (x[:, 0] > x[:, 1]).long()
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.4), nn.Linear(32, 2)); opt = torch.optim.Adam(net.parameters(), 3e-3)
def score():
    net.eval()  # fix
    with torch.no_grad():
        outs = [net(rows) for rows in x[400:].split(15)]
    out = torch.cat(outs)
    return nn.functional.cross_entropy(out, y[400:]).item(), (out.argmax(1) == y[400:]).float().mean().item()
for epoch in range(8):
    net.train()
    for i in torch.randperm(400).split(40):
        opt.zero_grad(); nn.functional.cross_entropy(net(x[i]), y[i]).backward(); opt.step()
    print(score())
