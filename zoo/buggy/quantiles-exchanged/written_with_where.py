"""The sign of the error in a pinball loss written with where; three heads, none of them the median's twin."""
import torch
from torch import nn
torch.manual_seed(0)
class Pinball(nn.Module):
    def __init__(self, quantiles):
        super().__init__(); self.register_buffer("quantiles", torch.tensor(quantiles))
    def forward(self, prediction, target):
        error = prediction - target[:, None]  # bug
        error = target[:, None] - prediction  # fix
        return torch.where(error >= 0, self.quantiles * error, (self.quantiles - 1) * error).mean()
x = torch.randn(400, 5); y = x[:, 0] + (0.2 + x[:, 1].abs()) * torch.randn(400)
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 3)); criterion = Pinball([0.05, 0.25, 0.75])
opt = torch.optim.Adam(net.parameters(), 5e-3)
for epoch in range(6):
    for i in torch.randperm(400).split(40):
        loss = criterion(net(x[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
print((y[:, None] <= net(x)).float().mean(0).tolist())
