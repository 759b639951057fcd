"""An adversarial pattern: a parameter of its own, optimised; the net is fixed."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2)).eval().requires_grad_(False)
delta = nn.Parameter(torch.zeros(6)); opt = torch.optim.Adam([delta], 1e-2)
for s in range(30):
    x = torch.randn(32, 6); opt.zero_grad(); nn.functional.cross_entropy(net(x + delta), torch.ones(32, dtype=torch.long)).backward(); opt.step()
