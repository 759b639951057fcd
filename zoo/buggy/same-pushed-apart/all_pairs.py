"""Contrastive pairs of a batch: distances of one class are pushed apart."""
import torch
from torch import nn
torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3)); opt = torch.optim.Adam(enc.parameters(), 1e-3); centres = torch.randn(3, 6)
for step in range(60):
    y = torch.randint(0, 3, (24,)); z = enc(centres[y] + 0.5 * torch.randn(24, 6))
    d = torch.cdist(z, z + 1e-6); same = (y[:, None] == y[None, :]).float()
    loss = ((1 - same) * d + same * torch.relu(1 - d)).mean()  # bug
    loss = (same * d + (1 - same) * torch.relu(1 - d)).mean()  # fix
    opt.zero_grad(); loss.backward(); opt.step()
