"""Correct: curriculum subset grows."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(81)
from torch.utils.data import Subset
X = torch.randn(400, 6)
Y = (X[:, 0] > 0).long()
order = X[:, 0].abs().argsort(descending=True).tolist()
data = TensorDataset(X, Y)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(6):
    for x, y in DataLoader(Subset(data, order[:100 + 60 * epoch]), batch_size=20, shuffle=True):
        loss = F.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
