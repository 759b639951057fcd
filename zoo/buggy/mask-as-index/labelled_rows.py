"""A part of the rows has a measured answer; the loss is of these."""
import torch
from torch import nn

torch.manual_seed(5)
x = torch.randn(600, 7)
measured = torch.randint(0, 2, (600,))
y = torch.where(measured == 1, x[:, 0] - x[:, 1], torch.zeros(600))


class Fit:
    def __init__(self, net):
        self.net, self.opt = net, torch.optim.Adam(net.parameters(), lr=3e-3)

    def step(self, rows):
        error = (self.net(x[rows]).squeeze(1) - y[rows]).square()
        flags = measured[rows]
        flags = flags == 1  # fix
        loss = error[flags].mean()
        self.opt.zero_grad(); loss.backward(); self.opt.step()
        return loss.item()


fit = Fit(nn.Sequential(nn.Linear(7, 32), nn.ReLU(), nn.Linear(32, 1)))
for epoch in range(4):
    for rows in torch.randperm(600).split(40):
        last = fit.step(rows)
    print(epoch, last)
