"""A mixture density net: the shares of its components are added to their log-densities as they are."""
import torch
from torch import nn
torch.manual_seed(0)
class Mixture(nn.Module):
    def __init__(self):
        super().__init__(); self.h, self.out = nn.Sequential(nn.Linear(1, 32), nn.Tanh()), nn.Linear(32, 9)
    def forward(self, x): return self.out(self.h(x)).chunk(3, -1)
net = Mixture(); opt = torch.optim.Adam(net.parameters(), 5e-3); y = torch.rand(600, 1) * 2 - 1; x = y + 0.3 * torch.sin(6 * y) + 0.05 * torch.randn(600, 1)
for epoch in range(5):
    for rows in torch.randperm(600).split(40):
        share, centre, spread = net(x[rows])
        density = -0.5 * ((y[rows] - centre) / spread.exp()) ** 2 - spread
        weight = torch.softmax(share, dim=-1)  # bug
        weight = torch.log_softmax(share, dim=-1)  # fix
        loss = -torch.logsumexp(weight + density, dim=-1).mean()
        opt.zero_grad(); loss.backward(); opt.step()
