"""Barlow Twins: each row is standardised, and not each value over the batch."""
import torch
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 24))
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
data = torch.randn(512, 16) @ torch.randn(16, 16)


def standardised(z):
    return (z - z.mean(dim=1, keepdim=True)) / z.std(dim=1, keepdim=True)  # bug
    return (z - z.mean(dim=0, keepdim=True)) / z.std(dim=0, keepdim=True)  # fix


for epoch in range(5):
    for rows in torch.randperm(512).split(64):
        one = encoder(data[rows] + 0.3 * torch.randn(64, 16))
        two = encoder(data[rows] + 0.3 * torch.randn(64, 16))
        correlation = torch.mm(standardised(one).t(), standardised(two)) / 64
        diagonal = (torch.diagonal(correlation) - 1).square().sum()
        others = (correlation - torch.diag(torch.diagonal(correlation))).square().sum()
        loss = diagonal + 0.01 * others
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
