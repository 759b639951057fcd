"""QR-DQN style: all pairs of quantiles are compared on purpose, three dimensions."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 16)); opt = torch.optim.Adam(net.parameters(), 1e-3)
tau = (torch.arange(16) + 0.5) / 16
for i in range(20):
    x = torch.randn(16, 4); target = x.sum(1, keepdim=True) + torch.randn(16, 16)
    d = target.unsqueeze(1) - net(x).unsqueeze(2)
    loss = (torch.where(d < 0, 1 - tau[None, :, None], tau[None, :, None]) * d.abs()).mean()
    opt.zero_grad(); loss.backward(); opt.step()
