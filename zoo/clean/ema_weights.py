import copy
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2)); ema = copy.deepcopy(net).requires_grad_(False).eval()
opt = torch.optim.AdamW(net.parameters(), 1e-2)
for i in range(40):
    x = torch.randn(32, 6); y = (x[:, 0] > 0).long()
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
    with torch.no_grad():
        for a, b in zip(ema.parameters(), net.parameters()):
            a.lerp_(b, 0.05)
    if i % 10 == 9:
        with torch.no_grad():
            xv = torch.randn(50, 6); print((ema(xv).argmax(1) == (xv[:, 0] > 0)).float().mean())
