"""A decay law with an unknown rate; grad is called with retain_graph alone."""
import torch
from torch import nn
from torch.autograd import grad
torch.manual_seed(0)
class Law(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 1))
        self.rate = nn.Parameter(torch.tensor(0.1))
    def forward(self, t):
        return self.body(t)
t_seen = torch.linspace(0, 2, 40)[:, None]
y_seen = torch.exp(-1.3 * t_seen) + 0.01 * torch.randn(40, 1)
law = Law()
opt = torch.optim.Adam(law.parameters(), 5e-3)
for step in range(100):
    t = (2 * torch.rand(64, 1)).requires_grad_(True)
    y = law(t)
    (dy,) = grad(y, t, grad_outputs=torch.ones_like(y), retain_graph=True)  # bug
    (dy,) = grad(y, t, grad_outputs=torch.ones_like(y), create_graph=True)  # fix
    physics = (dy + law.rate * y).pow(2).mean()
    loss = physics + (law(t_seen) - y_seen).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
