import copy
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 3))
ema = copy.deepcopy(net).requires_grad_(False)
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
x = torch.rand(256, 1, 8, 8) * 2 + 3
y = x.mean((1, 2, 3)).argsort().argsort() * 3 // 256
for epoch in range(6):
    net.train()
    for i in torch.randperm(192).split(32):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
        with torch.no_grad():
            for a, b in zip(ema.parameters(), net.parameters()):
                a.mul_(0.9).add_(b, alpha=0.1)
            for a, b in zip(ema.buffers(), net.buffers()):  # fix
                a.copy_(b)  # fix
    ema.eval()
    with torch.no_grad():
        acc = (ema(x[192:]).argmax(1) == y[192:]).float().mean()
