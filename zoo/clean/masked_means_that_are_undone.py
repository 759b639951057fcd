"""Masked losses: divided by the share that is kept, by each row's length, and of confident rows alone, as in FixMatch."""
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
PAD = 0
lengths = torch.randint(3, 13, (480,))
words = torch.randint(1, 20, (480, 12))
tags = (words + words.roll(1, 1)) % 4
mask = (torch.arange(12)[None] < lengths[:, None]).float()
words, tags = (words * mask).long(), (tags * mask).long()
net = nn.Sequential(nn.Embedding(20, 32, padding_idx=PAD), nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 4))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for step, rows in enumerate(torch.randperm(480).repeat(6).split(40)):
    losses = F.cross_entropy(net(words[rows]).transpose(1, 2), tags[rows], reduction="none")
    keep = mask[rows]
    if step % 2:
        loss = (losses * keep).mean() / keep.mean()
    else:
        loss = ((losses * keep).mean(dim=1) * keep.shape[1] / keep.sum(1)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()

x = torch.randn(600, 8)
y = (x[:, 0] * x[:, 1] > 0).long()
known, net = 120, nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for _ in range(60):
    rows, others = torch.randint(known, (30,)), torch.randint(known, 600, (60,))
    with torch.no_grad():
        sure, guess = net(x[others]).softmax(1).max(1)
    noisy = x[others] + 0.1 * torch.randn(60, 8)
    loss = F.cross_entropy(net(x[rows]), y[rows])
    loss = loss + (F.cross_entropy(net(noisy), guess, reduction="none") * (sure > 0.8)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
