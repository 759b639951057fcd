import copy, torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 10); y = (x[:, 0] > 0).long()
net = nn.Sequential(nn.Linear(10, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2))
ema = copy.deepcopy(net).requires_grad_(False)
opt = torch.optim.Adam(net.parameters(), 1e-3); updates = 0
for epoch in range(6):
    net.train()
    for i in torch.randperm(500).split(50):
        loss = nn.functional.cross_entropy(net(x[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
        updates += 1
        decay = min(0.999, (1 + updates) / (10 + updates))
        with torch.no_grad():
            for e, p in zip(ema.parameters(), net.parameters()): e.lerp_(p, 1 - decay)
            for e, b in zip(ema.buffers(), net.buffers()): e.copy_(b)
    ema.eval()
    with torch.no_grad(): print((ema(x[500:]).argmax(1) == y[500:]).float().mean().item())
