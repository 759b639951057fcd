"""Losses and accuracies in a meter that weighs each batch."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


class AverageMeter:
    def __init__(self):
        self.sum = self.count = 0

    def update(self, val, n=1):
        self.sum += val * n
        self.count += n

    @property
    def avg(self):
        return self.sum / self.count


x = torch.randn(900, 12)
y = (x @ torch.randn(12, 3)).argmax(1)
train = DataLoader(TensorDataset(x[:640], y[:640]), batch_size=64, shuffle=True)
valid = DataLoader(TensorDataset(x[640:], y[640:]), batch_size=64)
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 3))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    net.train()
    for xb, yb in train:
        loss = F.cross_entropy(net(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    losses, accs = AverageMeter(), AverageMeter()
    with torch.no_grad():
        for xb, yb in valid:
            out = net(xb)
            losses.update(F.cross_entropy(out, yb).item(), valid.batch_size)  # bug
            accs.update((out.argmax(1) == yb).float().mean().item(), valid.batch_size)  # bug
            losses.update(F.cross_entropy(out, yb).item(), len(xb))  # fix
            accs.update((out.argmax(1) == yb).float().mean().item(), len(xb))  # fix
    print(epoch, losses.avg, accs.avg)
