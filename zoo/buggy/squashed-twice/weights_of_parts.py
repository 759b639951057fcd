"""Shares of three experts: the gate ends in a softmax, and the mixture applies another."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] * x[:, 1] + 0.5 * x[:, 2] + 0.3 * torch.randn(900) > 0).long()


class Mixture(nn.Module):
    def __init__(self):
        super().__init__()
        self.experts = nn.ModuleList(nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 2)) for _ in range(3))
        self.gate = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 3), nn.Softmax(dim=1))  # bug
        self.gate = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 3))  # fix

    def forward(self, x):
        shares = torch.softmax(self.gate(x), dim=1)
        return sum(shares[:, i : i + 1] * expert(x) for i, expert in enumerate(self.experts))


net = Mixture()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    for rows in torch.randperm(900).split(60):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
