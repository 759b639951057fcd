"""Two heads of one net, each with a term of its own; the function's list is an argument with a default."""
import torch
from torch import nn
torch.manual_seed(1)
class Interval(nn.Module):
    def __init__(self):
        super().__init__(); self.body = nn.Sequential(nn.Linear(3, 24), nn.Tanh()); self.low, self.high = nn.Linear(24, 1), nn.Linear(24, 1)
    def forward(self, x): h = self.body(x); return self.low(h), self.high(h)
def quantile_loss(outputs, y, quantiles=(0.1, 0.9)):
    total = 0
    for q, out in zip(quantiles, outputs):
        gap = out - y  # bug
        gap = y - out  # fix
        total = total + q * torch.relu(gap).mean() + (1 - q) * torch.relu(-gap).mean()
    return total
x = torch.randn(300, 3); y = x.sum(1, keepdim=True) + torch.randn(300, 1)
net = Interval(); opt = torch.optim.Adam(net.parameters(), 1e-2)
for step in range(60):
    i = torch.randint(0, 300, (60,))
    opt.zero_grad(); quantile_loss(net(x[i]), y[i]).backward(); opt.step()
low, high = net(x); print(((y > low) & (y < high)).float().mean().item())
