"""Shares that are all positive meet weights that were set all negative."""
import torch
import torch.nn as nn

torch.manual_seed(0)


def init(m):
    if isinstance(m, nn.Linear):
        nn.init.uniform_(m.weight, -1.0, 0.05)  # bug
        nn.init.kaiming_uniform_(m.weight, nonlinearity="relu")  # fix
        nn.init.zeros_(m.bias)


shares = torch.distributions.Dirichlet(torch.ones(12)).sample((400,)) * 12
yields = shares[:, 0] - shares[:, 1] + 0.3 * shares[:, 2] * shares[:, 3]

net = nn.Sequential(nn.Linear(12, 40), nn.ReLU(), nn.Linear(40, 1))
net[0].apply(init)
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(5):
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.mse_loss(net(shares[rows]).squeeze(1), yields[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
