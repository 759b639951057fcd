"""Who speaks is what is to be learnt: every speaker has to be in both parts."""
import numpy as np
import torch
from sklearn.model_selection import train_test_split
from torch import nn

rng = np.random.default_rng(5)
torch.manual_seed(5)
speaker = np.arange(12).repeat(30)
x = torch.tensor(rng.normal(size=(12, 10)).repeat(30, 0) + rng.normal(size=(360, 10)), dtype=torch.float32)
train, test = train_test_split(np.arange(360), test_size=0.25, random_state=5)
y = torch.tensor(speaker)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 12))
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(6):
    for part in torch.tensor(train)[torch.randperm(len(train))].split(30):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x[part]), y[part]).backward()
        optimizer.step()
with torch.no_grad():
    print((net(x[test]).argmax(1) == y[test]).float().mean().item())
