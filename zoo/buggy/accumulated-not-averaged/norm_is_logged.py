"""Micro-batches make a step; the norm of the gradients is only looked at."""
import math
import torch
from torch import nn
torch.manual_seed(2)
x = torch.randn(768, 9); y = torch.randint(0, 3, (768,)); micro_batch, passes = 12, 8
net = nn.Sequential(nn.Linear(9, 20), nn.ReLU(), nn.Linear(20, 3)); opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(3):
    for batch in torch.randperm(768).split(micro_batch * passes):
        opt.zero_grad()
        for rows in batch.split(micro_batch):
            nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()  # bug
            (nn.functional.cross_entropy(net(x[rows]), y[rows]) / passes).backward()  # fix
        norm = nn.utils.clip_grad_norm_(net.parameters(), math.inf)
        opt.step()
    print(epoch, norm.item())
