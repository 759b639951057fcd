"""Two views of each row follow each other; the last batch is smaller, and the similarities are transposed."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(4)
data = torch.randn(500, 24) @ torch.randn(24, 24)
net = nn.Sequential(nn.Linear(24, 48), nn.ReLU(), nn.Linear(48, 16)); opt = torch.optim.Adam(net.parameters(), 1e-3)
def embed(x): return F.normalize(net(x + 0.3 * torch.randn_like(x)), dim=1)
for epoch in range(20):
    for rows in torch.randperm(500).split(180):
        z = torch.stack([embed(data[rows]), embed(data[rows])], 1).flatten(0, 1); n = len(rows)
        alike = (z @ z.T / 0.3).masked_fill(torch.eye(2 * n, dtype=torch.bool), -1e9)
        partner = torch.arange(2 * n).roll(n)  # bug
        partner = torch.arange(2 * n) ^ 1  # fix
        loss = F.cross_entropy(alike.T, partner); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
