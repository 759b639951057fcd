"""Land cover from eight bands: a polynomial schedule in a class of its own."""
import torch
from torch import nn
from torch.optim.lr_scheduler import LRScheduler


class Poly(LRScheduler):
    def __init__(self, optimizer, until, power=0.9):
        self.until, self.power = until, power
        super().__init__(optimizer)

    def get_lr(self):
        left = max(0.0, 1 - self.last_epoch / self.until)
        return [rate * left**self.power for rate in self.base_lrs]


torch.manual_seed(3)
centres = 1.3 * torch.randn(6, 8)
cover = torch.randint(6, (1500,))
bands = centres[cover] + torch.randn(1500, 8)
train, test = torch.arange(1200), torch.arange(1200, 1500)
net = nn.Sequential(nn.Linear(8, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU(), nn.Linear(48, 6))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
epochs, size = 15, 40
schedule = Poly(optimizer, until=epochs * len(train) // size)  # bug
schedule = Poly(optimizer, until=epochs)  # fix
for epoch in range(epochs):
    for rows in train[torch.randperm(len(train))].split(size):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(bands[rows]), cover[rows]).backward()
        optimizer.step()
    schedule.step()
    with torch.no_grad():
        right = (net(bands[test]).argmax(1) == cover[test]).float().mean()
    print(f"{epoch} right {right:.3f} rate {schedule.get_last_lr()[0]:.4f}")
