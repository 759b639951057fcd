"""Coupling layers set half of the columns to 0 before they ask nets of their own, in methods other than forward."""
import math
import torch
from torch import nn
torch.manual_seed(0)
class Coupling(nn.Module):
    def __init__(self, mask):
        super().__init__()
        self.register_buffer("mask", mask)
        self.scale = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 3), nn.Tanh())
        self.shift = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 3))
    def to_latent(self, x):
        keep = x * self.mask
        s, t = self.scale(keep) * (1 - self.mask), self.shift(keep) * (1 - self.mask)
        return keep + (1 - self.mask) * ((x - t) * (-s).exp()), -s.sum(1)
layers = nn.ModuleList(Coupling(mask) for mask in torch.tensor([[1.0, 0, 0], [0, 1.0, 1.0], [1.0, 0, 1.0], [0, 1.0, 0]]))
def log_prob(x):
    total = x.new_zeros(len(x))
    for layer in layers:
        x, log_det = layer.to_latent(x)
        total = total + log_det
    return total - 0.5 * x.square().sum(1) - 1.5 * math.log(2 * math.pi)
optimizer = torch.optim.Adam(layers.parameters(), 3e-3)
for step in range(60):
    a = torch.randn(128, 1)
    x = torch.cat([a, 0.5 * a**2 + 0.3 * torch.randn(128, 1), a + 0.3 * torch.randn(128, 1)], dim=1)
    loss = -log_prob(x).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"{loss:.3f}")
