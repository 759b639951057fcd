"""Factors are merged for the test and taken out again for more training, as a flag says; validated before that."""
import torch
from torch import nn

torch.manual_seed(9)


class Adapter(nn.Module):
    def __init__(self, base, rank=2):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.a = nn.Parameter(0.2 * torch.randn(rank, base.in_features))
        self.b = nn.Parameter(torch.zeros(base.out_features, rank))
        self.merged = False

    def merge(self, sign):
        self.base.weight.data += sign * self.b.data @ self.a.data
        self.merged = sign > 0

    def forward(self, x):
        return self.base(x) if self.merged else self.base(x) + x @ self.a.T @ self.b.T


x = torch.randn(500, 12)
y = (x[:, :4].sum(1) > 0).long()
net = nn.Sequential(Adapter(nn.Linear(12, 24)), nn.ReLU(), nn.Linear(24, 2))
optimiser = torch.optim.Adam((each for each in net.parameters() if each.requires_grad), lr=5e-3)
for epoch in range(6):
    for rows in torch.randperm(400).split(40):
        optimiser.zero_grad()
        nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
        optimiser.step()
    with torch.no_grad():
        print(epoch, (net(x[400:]).argmax(1) == y[400:]).float().mean().item())
        net[0].merge(1)
        print(epoch, (net(x[400:]).argmax(1) == y[400:]).float().mean().item())
        net[0].merge(-1)
