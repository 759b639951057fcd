"""A denoiser: noise is put on rows, and the rows are to come back."""
import torch
from torch import nn

torch.manual_seed(19)
basis = torch.randn(4, 16)
net = nn.Sequential(nn.Linear(16, 48), nn.ReLU(), nn.Linear(48, 16))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)


def batch(rows=64):
    clean = torch.matmul(torch.randn(rows, 4), basis)
    clean = torch.clone(clean)
    noisy = clean  # bug
    noisy = clean.clone()  # fix
    noisy += 0.5 * torch.randn(rows, 16)
    return noisy, torch.tanh(clean)


for step in range(80):
    x, y = batch()
    loss = nn.functional.mse_loss(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
