"""Correct: the data are normal themselves, and come again in each epoch; the noise on them is new, and x0 is predicted."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(6)
x = torch.randn(480, 6); T = 50; keep = torch.cumprod(1 - torch.linspace(1e-3, 0.08, T), 0)
net = nn.Sequential(nn.Linear(7, 64), nn.SiLU(), nn.Linear(64, 6)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(6):
    for x0, in DataLoader(TensorDataset(x), batch_size=60, shuffle=True):
        t = torch.randint(0, T, (len(x0),)); a = keep[t][:, None]
        noisy = a.sqrt() * x0 + (1 - a).sqrt() * torch.randn_like(x0)
        loss = nn.functional.mse_loss(net(torch.cat([noisy, t[:, None] / T], 1)), x0)
        opt.zero_grad(); loss.backward(); opt.step()
bright = nn.Sequential(nn.Linear(6, 64), nn.ReLU(), nn.Linear(64, 6)); opt = torch.optim.Adam(bright.parameters(), 2e-3)
for epoch in range(6):  # brightness and contrast are to be taken back
    for x0, in DataLoader(TensorDataset(x), batch_size=60, shuffle=True):
        seen = x0 * (0.5 + torch.rand(len(x0), 1)) + torch.randn(len(x0), 1)
        loss = nn.functional.mse_loss(bright(seen), x0)
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
