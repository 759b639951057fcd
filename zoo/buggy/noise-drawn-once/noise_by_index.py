"""No loader: rows and their noise are indexed alike."""
import torch
from torch import nn
torch.manual_seed(4)
n, width, T = 400, 8, 60
x0 = torch.randn(n, 2) @ torch.randn(2, width) * 0.5 + torch.sign(torch.randn(n, 1))
alphas = torch.cumprod(1 - torch.linspace(1e-3, 0.06, T), 0)
eps = torch.randn(n, width)
net = nn.Sequential(nn.Linear(width + 1, 64), nn.SiLU(), nn.Linear(64, width)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(8):
    for rows in torch.randperm(n).split(50):
        t = torch.randint(0, T, (len(rows),)); keep = alphas[t][:, None]
        noise = eps[rows]  # bug
        noise = torch.randn(len(rows), width)  # fix
        x = keep.sqrt() * x0[rows] + (1 - keep).sqrt() * noise
        loss = ((noise - net(torch.cat([x, t[:, None] / T], 1))) ** 2).mean()
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
