"""Three schedules that know how many steps there are, and are right to be moved on once in a while."""
import math

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

torch.manual_seed(6)
x = torch.randn(640, 7)
y = (x[:, 0] * x[:, 1] + x[:, 2] > 0).float()
EPOCHS, SIZE = 8, 32
STEPS = EPOCHS * len(x) // SIZE


def cosine(step):
    return 0.5 * (1 + math.cos(math.pi * min(1.0, step / STEPS)))


def by_epoch(epoch):
    """Counts epochs, and computes the step at which each begins."""
    return cosine(epoch * STEPS // EPOCHS)


def fit(function, says_where):
    net = nn.Sequential(nn.Linear(7, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    schedule = LambdaLR(optimizer, function)
    done = 0
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(x)).split(SIZE):
            loss = nn.functional.binary_cross_entropy_with_logits(net(x[rows]).squeeze(1), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            done += 1
        if says_where:
            schedule.last_epoch = done - 1
        schedule.step()
    return loss.item(), schedule.get_last_lr()[0]


print(fit(cosine, True))
print(fit(by_epoch, False))
