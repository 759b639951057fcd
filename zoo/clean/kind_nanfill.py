import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__(); self.fill = nn.Parameter(torch.zeros(6)); self.l = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 1))
    def forward(self, x):
        gap = x.isnan(); return self.l(torch.cat((torch.where(gap, self.fill, x), gap.float()), 1))
net = Net(); opt = torch.optim.Adam(net.parameters(), 1e-2)
for s in range(40):
    x = torch.randn(32, 6); y = x[:, :1].clone(); y2 = torch.where(torch.rand(32, 1) < 0.2, torch.nan, y); x[torch.rand(32, 6) < 0.2] = torch.nan
    l = nn.functional.mse_loss(net(x)[~y2.isnan()], y2[~y2.isnan()]); opt.zero_grad(); l.backward(); opt.step()
