"""Spectra are moved between 0 and 1 before a convolution."""

import torch
from torch import nn

torch.manual_seed(5)


def scaled(s):
    lowest = torch.min(s)
    return s - lowest / (torch.max(s) - torch.min(s))  # bug
    return (s - lowest) / (torch.max(s) - torch.min(s))  # fix


spectra = torch.stack([scaled(40 + 3 * torch.randn(32).cumsum(0)) for _ in range(640)])
slope = (spectra[:, -8:].mean(1) > spectra[:, :8].mean(1)).long()
net = nn.Sequential(nn.Conv1d(1, 8, 5, 2), nn.ReLU(), nn.Flatten(), nn.Linear(112, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(6):
    for rows in torch.randperm(640).split(40):
        loss = nn.functional.cross_entropy(net(spectra[rows, None]), slope[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
