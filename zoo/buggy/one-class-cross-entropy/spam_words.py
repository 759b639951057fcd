"""Spam or not from word counts: one output, and a loss for several classes."""
import torch
from torch import nn

torch.manual_seed(0)
counts = torch.poisson(torch.rand(300, 12) * 3)
spam = (counts[:, 2] + counts[:, 5] > 4).float()
net = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
criterion = nn.CrossEntropyLoss()  # bug
criterion = nn.BCEWithLogitsLoss()  # fix
for epoch in range(2):
    for rows in torch.randperm(300).split(30):
        optimizer.zero_grad()
        criterion(net(counts[rows] / 3), spam[rows, None]).backward()
        optimizer.step()
