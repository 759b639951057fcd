"""Pinball losses that look turned: the error is the other way round and so are the factors; heads that go down; chances of being exceeded."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(300, 4); y = x[:, 0] + torch.randn(300)
QUANTILES, EXCEEDED = (0.1, 0.5, 0.8), (0.9, 0.5, 0.2)
def turned_twice(out):
    error = out - y[:, None]; q = torch.tensor(QUANTILES)
    return torch.maximum((1 - q) * error, -q * error).mean()
def by_what_exceeds(out):
    error = out - y[:, None]; p = torch.tensor(EXCEEDED)  # the share above the output
    return torch.maximum(p * error, (p - 1) * error).mean()
def downwards(out):
    error = y[:, None] - out; q = torch.tensor([0.8, 0.5, 0.1])
    return torch.maximum(q * error, (q - 1) * error).mean()
for loss_of in (turned_twice, by_what_exceeds, downwards):
    net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3)); opt = torch.optim.Adam(net.parameters(), 1e-2)
    for step in range(40):
        opt.zero_grad(); loss_of(net(x)).backward(); opt.step()
    print((y[:, None] <= net(x)).float().mean(0).tolist())
