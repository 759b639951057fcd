"""VICReg: the mean squared error of both views is 0 from the start, since both are one."""
import torch
from torch import nn
torch.manual_seed(0)
class Backbone(nn.Module):
    def __init__(self):
        super().__init__(); self.layers = nn.Sequential(nn.Linear(10, 40), nn.BatchNorm1d(40), nn.ReLU(), nn.Linear(40, 12))
    def forward(self, x): return self.layers(x)
net = Backbone(); opt = torch.optim.Adam(net.parameters(), 1e-3); rows = torch.randn(640, 10) @ torch.randn(10, 10)
def shake(x, generator):
    return x + 0.3 * torch.randn(x.shape, generator=generator)
for step in range(60):
    x = rows[torch.randint(0, 640, (64,))]
    a = net(shake(x, torch.Generator().manual_seed(step)))
    b = net(shake(x, torch.Generator().manual_seed(step)))  # bug
    b = net(shake(x, torch.Generator().manual_seed(step + 1000)))  # fix
    spread = sum(torch.relu(1 - (z.var(0) + 1e-4).sqrt()).mean() for z in (a, b))
    opt.zero_grad(); (25 * nn.functional.mse_loss(a, b) + 25 * spread).backward(); opt.step()
