"""An Adam for a generator's parts, whose groups have betas of their own, and one that is given others."""
import torch
from torch import nn
torch.manual_seed(6)
x = torch.randn(300, 10); y = x[:, :1].abs() + 0.1 * torch.randn(300, 1)
encoder, head = nn.Sequential(nn.Linear(10, 32), nn.ReLU()), nn.Linear(32, 1)
parts = [{"params": encoder.parameters(), "lr": 1e-3, "betas": (0.9, 0.999)}, {"params": head.parameters(), "lr": 2e-3, "betas": (0.9, 0.999)}]  # bug
parts = [{"params": encoder.parameters(), "lr": 1e-3}, {"params": head.parameters(), "lr": 2e-3, "betas": (0.9, 0.999)}]  # fix
opt = torch.optim.Adam(parts, lr=1e-3, betas=(0.5, 0.9))
for epoch in range(8):
    for b in torch.randperm(300).split(30):
        loss = (head(encoder(x[b])) - y[b]).square().mean(); opt.zero_grad(); loss.backward(); opt.step()
