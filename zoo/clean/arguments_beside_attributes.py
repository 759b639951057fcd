"""Methods whose arguments are called as attributes of self: for a default, to be kept, to be compared, or by a protocol."""
import torch
from torch import nn

torch.manual_seed(0)


class Follower:
    def __init__(self, net, tau=0.05, scale=1.0):
        self.net, self.tau, self.scale = net, tau, scale
        self.slow = nn.Linear(4, 1)
        self.follow(tau=1.0)

    def follow(self, tau=None):
        tau = self.tau if tau is None else tau
        with torch.no_grad():
            for slow, fast in zip(self.slow.parameters(), self.net.parameters()):
                slow.lerp_(fast, tau)

    def set_scale(self, scale):
        self.scale = scale
        return 2 * self.scale

    def cooler(self, tau):
        self.tau = min(tau, self.tau)

    def loss(self, x, y, mask=None):  # as the others of its kind; it has no mask
        return self.scale * nn.functional.mse_loss(self.net(x), y)


follower = Follower(nn.Linear(4, 1))
follower.set_scale(scale=0.5)
follower.cooler(tau=0.02)
optimizer = torch.optim.SGD(follower.net.parameters(), lr=0.05)
x = torch.randn(320, 4)
y = x @ torch.tensor([[1.0], [-1.0], [0.5], [0.0]]) + 0.1 * torch.randn(320, 1)
for epoch in range(5):
    for rows in torch.randperm(320).split(32):
        loss = follower.loss(x[rows], y[rows], mask=None)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        follower.follow()
    print(epoch, loss.item())
