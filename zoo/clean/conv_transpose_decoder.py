"""A transposed convolution enlarges, and a convolution smooths what it gives."""

import torch
from torch import nn

torch.manual_seed(0)
dec = nn.Sequential(
    nn.Linear(4, 8 * 16),
    nn.ReLU(),
    nn.Unflatten(1, (8, 4, 4)),
    nn.ConvTranspose2d(8, 8, 4, 2, 1),
    nn.Conv2d(8, 1, 3, padding=1),
)
opt = torch.optim.Adam(dec.parameters(), 3e-3)
Z = torch.randn(64, 4)
X = torch.rand(64, 1, 2, 2).repeat_interleave(4, 2).repeat_interleave(4, 3)
for i in range(80):
    b = torch.randint(0, 64, (16,))
    loss = nn.functional.mse_loss(dec(Z[b]), X[b])
    opt.zero_grad()
    loss.backward()
    opt.step()
