"""A net is lent the data of its average while it is evaluated, and gets its own back."""
import copy
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1)); ema = copy.deepcopy(net).requires_grad_(False)
opt = torch.optim.Adam(net.parameters(), 3e-3); x = torch.randn(200, 5); y = x[:, :1] * x[:, 1:2]; held = torch.randn(60, 5)
for step in range(40):
    i = torch.randint(0, 200, (32,)); loss = (net(x[i]) - y[i]).square().mean(); opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad():
        for slow, fast in zip(ema.parameters(), net.parameters()): slow.lerp_(fast, 0.1)
    if step % 10 == 9:
        own = [p.data for p in net.parameters()]
        for p, slow in zip(net.parameters(), ema.parameters()): p.data = slow.data
        with torch.no_grad(): error = (net(held) - held[:, :1] * held[:, 1:2]).square().mean()
        for p, kept in zip(net.parameters(), own): p.data = kept
