"""A moving average that begins after two epochs leaves the statistics as they were then."""
import copy
import torch
from torch import nn
torch.manual_seed(0)
x = torch.rand(400, 1, 8, 8) + 1; y = (x[:, :, :4].mean((1, 2, 3)) > x[:, :, 4:].mean((1, 2, 3))).long()
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(288, 2)); opt = torch.optim.Adam(net.parameters(), 3e-3)
ema = None
for epoch in range(7):
    net.train()
    for i in torch.randperm(320).split(32):
        loss = nn.functional.cross_entropy(net(x[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
        if ema is not None:
            with torch.no_grad():
                for e, p in zip(ema.parameters(), net.parameters()): e.lerp_(p, 0.1)
                for e, p in zip(ema.buffers(), net.buffers()): e.copy_(p)  # fix
    if epoch == 1: ema = copy.deepcopy(net).requires_grad_(False).eval()
    if ema is not None:
        with torch.no_grad(): print(epoch, (ema(x[320:]).argmax(1) == y[320:]).float().mean().item())
