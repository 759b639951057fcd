import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2)); opt = torch.optim.Adam(net.parameters(), 1e-2)
for s in range(40):
    x = torch.randn(32, 8); y = (x[:, 0] > 0).long()
    if s % 2: y = torch.full((32,), -100)
    out = net(x); p = out.softmax(1)
    loss = nn.functional.cross_entropy(out, y, reduction="sum") / max(1, int((y >= 0).sum())) - 0.01 * (p * p.clamp_min(1e-6).log()).sum(1).mean()
    opt.zero_grad(); loss.backward(); opt.step()
