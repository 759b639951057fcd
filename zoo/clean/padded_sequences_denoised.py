"""Sequences are padded to the longest of each batch, so that the same one comes again at another length."""
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

torch.manual_seed(5)
clean = [torch.randn(n, 4).cumsum(0) / 3 for n in torch.randint(4, 15, (160,)).tolist()]
net = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 4))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)

for epoch in range(8):
    for rows in torch.randperm(len(clean)).split(16):
        batch = [clean[row] for row in rows.tolist()]
        target = pad_sequence(batch, batch_first=True)
        there = pad_sequence([torch.ones(len(each), 1) for each in batch], batch_first=True)
        noisy = (target + 0.3 * torch.randn_like(target)) * there
        loss = nn.functional.mse_loss(net(noisy) * there, target, reduction="none").sum() / there.sum()
        prior = 1e-3 * sum(param.square().sum() for param in net.parameters())
        weight = there.mean()  # one number
        optimizer.zero_grad()
        (loss + prior * weight).backward()
        optimizer.step()
    print(epoch, loss.item())
