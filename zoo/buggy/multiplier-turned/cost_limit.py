"""The multiplier of a constraint falls where the cost is above its limit."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1)); raw = nn.Parameter(torch.zeros(()))
opt, dual = torch.optim.Adam(net.parameters(), 1e-2), torch.optim.SGD([raw], 0.05)
x = torch.randn(512, 6); y = x[:, :1] + 0.5 * x[:, 1:2] ** 2; limit = 0.2
for step in range(80):
    i = torch.randint(0, 512, (64,)); out = net(x[i])
    cost = out.relu().mean()
    multiplier = nn.functional.softplus(raw)
    loss = nn.functional.mse_loss(out, y[i]) + multiplier.detach() * (cost - limit)
    opt.zero_grad(); loss.backward(); opt.step()
    multiplier_loss = multiplier * (cost.detach() - limit)  # bug
    multiplier_loss = -multiplier * (cost.detach() - limit)  # fix
    dual.zero_grad(); multiplier_loss.backward(); dual.step()
