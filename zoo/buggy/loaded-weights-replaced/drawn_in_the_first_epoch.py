"""A frozen encoder is loaded; the loop draws the weights of the whole net in its first epoch, and not those of its head."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 12)
y = (x[:, :3].sin().sum(1) + x[:, 3] * x[:, 4] > 0).long()
encoder = nn.Sequential(nn.Linear(12, 40), nn.Tanh(), nn.Linear(40, 12))
opt = torch.optim.Adam(encoder.parameters(), lr=3e-3)
for rows in torch.randperm(600).repeat(5).split(50):
    opt.zero_grad()
    nn.functional.mse_loss(encoder(x[rows] + 0.3 * torch.randn(50, 12)), x[rows]).backward()
    opt.step()
weights = {name: value.clone() for name, value in encoder[0].state_dict().items()}

net = nn.ModuleDict({"features": nn.Linear(12, 40), "head": nn.Linear(40, 2)})
net["features"].load_state_dict(weights)
net["features"].requires_grad_(False)
opt = torch.optim.SGD(net["head"].parameters(), lr=0.2)
for epoch in range(6):
    if epoch == 0:
        for layer in net.values():  # bug
        for layer in [net["head"]]:  # fix
            nn.init.normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)
    for rows in torch.randperm(600).split(50):
        opt.zero_grad()
        nn.functional.cross_entropy(net["head"](net["features"](x[rows]).tanh()), y[rows]).backward()
        opt.step()
