"""Correct: kfold fresh nets."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
from sklearn.model_selection import KFold
torch.manual_seed(79)
X = torch.randn(300, 6)
Y = (X[:, 0] + X[:, 1] > 0).long()
data = TensorDataset(X, Y)
from torch.utils.data import Subset
for tr, va in KFold(3, shuffle=True, random_state=0).split(X):
    net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 2))
    opt = torch.optim.Adam(net.parameters(), lr=0.005)
    for epoch in range(3):
        net.train()
        for x, y in DataLoader(Subset(data, tr), batch_size=20, shuffle=True):
            loss = F.cross_entropy(net(x), y)
            opt.zero_grad()
            loss.backward()
            opt.step()
        net.eval()
        with torch.no_grad():
            n = sum(((net(x).argmax(1) == y).sum().item() for x, y in DataLoader(Subset(data, va), batch_size=50)))
        print(n / len(va))
