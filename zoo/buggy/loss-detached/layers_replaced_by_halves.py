"""A net of two layers is cut to half its width; the optimiser goes on with the layers of before."""
import torch
from torch import nn

torch.manual_seed(2)
x = torch.randn(384, 10)
y = torch.stack([x[:, 0] * x[:, 1], x[:, 2].abs()], 1)
net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 2))


def halve(net):
    kept = net[0].weight.norm(dim=1).argsort()[-32:]
    first, last = nn.Linear(10, 32), nn.Linear(32, 2)
    with torch.no_grad():
        first.weight.copy_(net[0].weight[kept]), first.bias.copy_(net[0].bias[kept])
        last.weight.copy_(net[2].weight[:, kept]), last.bias.copy_(net[2].bias)
    net[0], net[2] = first, last


optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(20):
    if epoch == 10:
        halve(net)
        optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)  # fix
    for rows in torch.randperm(len(x)).split(32):
        loss = (net(x[rows]) - y[rows]).square().mean()
        net.zero_grad()
        loss.backward()
        optimizer.step()  # bug
        optimizer.step()  # fix
    print(epoch, loss.item())
