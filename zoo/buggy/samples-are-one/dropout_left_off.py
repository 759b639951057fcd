"""Monte Carlo dropout in eval mode."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 1e-2)
x = torch.randn(240, 5); y = x.sum(1, keepdim=True) + 0.1 * torch.randn(240, 1)
for step in range(60):
    rows = torch.randint(0, 200, (32,)); opt.zero_grad(); nn.functional.mse_loss(net(x[rows]), y[rows]).backward(); opt.step()
net.eval()
for part in net.modules():  # fix
    if isinstance(part, nn.Dropout): part.train()  # fix
with torch.no_grad():
    samples = torch.stack([net(x[200:]) for _ in range(30)])
print("mean error", (samples.mean(0) - y[200:]).abs().mean().item(), "uncertainty", samples.std(dim=0).mean().item())
