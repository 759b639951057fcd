"""Correct: before the training a single batch with its noise is learnt by heart, to see that the net can learn."""
import torch
from torch import nn
torch.manual_seed(7)
T = 40; keep = torch.cumprod(1 - torch.linspace(1e-3, 0.08, T), 0)
x = torch.randn(400, 3) * 0.4 + 1
def noisy(x0, noise):
    t = torch.randint(0, T, (len(x0),)); a = keep[t][:, None]
    return torch.cat([a.sqrt() * x0 + (1 - a).sqrt() * noise, t[:, None] / T], 1)
class Net(nn.Module):
    def __init__(self):
        super().__init__(); self.f = nn.Sequential(nn.Linear(4, 64), nn.SiLU(), nn.Linear(64, 3))
    def forward(self, x): return self.f(x)
net = Net(); opt = torch.optim.Adam(net.parameters(), 3e-3)
x0, noise = x[:64], torch.randn(64, 3)
for step in range(30):
    loss = nn.functional.mse_loss(net(noisy(x0, noise)), noise); opt.zero_grad(); loss.backward(); opt.step()
print("one batch", loss.item())
for epoch in range(4):
    for rows in torch.randperm(400).split(50):
        noise = torch.randn(len(rows), 3)
        loss = nn.functional.mse_loss(net(noisy(x[rows], noise)), noise); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
