"""The views of two halves of a batch are computed apart and put together again, part after part."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(4)
data = torch.randn(512, 24) @ torch.randn(24, 24)
net = nn.Sequential(nn.Linear(24, 48), nn.ReLU(), nn.Linear(48, 16)); opt = torch.optim.Adam(net.parameters(), 1e-3)
def embed(x): return F.normalize(net(x + 0.3 * torch.randn_like(x)), dim=1)
def gather(parts):
    return torch.cat([view for pair in parts for view in pair])  # bug
    return torch.cat([first for first, _ in parts] + [second for _, second in parts])  # fix
def contrast(z, t=0.3):
    n = len(z) // 2; alike = (z @ z.T / t).fill_diagonal_(-1e9)
    return F.cross_entropy(alike, torch.arange(2 * n).roll(n))
for epoch in range(8):
    for rows in torch.randperm(512).split(64):
        parts = [(embed(data[part]), embed(data[part])) for part in rows.chunk(2)]
        loss = contrast(gather(parts)); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
