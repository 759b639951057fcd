"""The widths of the layers in order, else the usual ones: sort() gives None, and the usual ones are taken."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] * x[:, 1] + 0.5 * x[:, 2] + 0.3 * torch.randn(900) > 0).long()


def build(widths):
    sizes = [10, *(widths or [4]), 2]
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


wanted = [64, 32]
net = build(wanted.sort(reverse=True))  # bug
net = build(sorted(wanted, reverse=True))  # fix
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    for rows in torch.randperm(900).split(60):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
