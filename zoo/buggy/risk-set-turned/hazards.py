"""The partial likelihood of a survival model over those who are gone."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(400, 6); duration = torch.rand(400) * torch.exp(-x[:, 0]); observed = torch.rand(400) < 0.7
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1)); opt = torch.optim.Adam(net.parameters(), 3e-3)
def partial_likelihood(hazard, duration, observed):
    by_time = duration.argsort()  # bug
    by_time = duration.argsort(descending=True)  # fix
    hazard, observed = hazard[by_time], observed[by_time]
    at_risk = torch.log(torch.cumsum(torch.exp(hazard), 0))
    return (at_risk - hazard)[observed].mean()
for step in range(60):
    i = torch.randint(0, 400, (80,))
    loss = partial_likelihood(net(x[i]).squeeze(1), duration[i], observed[i])
    opt.zero_grad(); loss.backward(); opt.step()
