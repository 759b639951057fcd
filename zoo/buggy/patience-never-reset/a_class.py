"""A class that says when to stop, given an accuracy after each epoch."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] * x[:, 1] + 0.5 * x[:, 2] + 0.3 * torch.randn(900) > 0).long()


class Stopper:
    def __init__(self, limit):
        self.limit, self.highest, self.since, self.done = limit, 0.0, 0, False

    def __call__(self, accuracy):
        if accuracy > self.highest:
            self.highest = accuracy
            self.since = 0  # fix
        else:
            self.since += 1  # bug
            self.since += 1  # fix
            if self.since > self.limit:
                self.done = True


net = nn.Sequential(nn.Linear(10, 48), nn.Tanh(), nn.Linear(48, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
stopper = Stopper(8)
epoch = 0
while not stopper.done and epoch < 50:
    for rows in torch.randperm(700).split(70):
        opt.zero_grad()
        nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
        opt.step()
    with torch.no_grad():
        stopper((net(x[700:]).argmax(1) == y[700:]).float().mean().item())
    epoch += 1
print(epoch, stopper.highest)
