"""A splitter deals rows out: the second part of each fold is the share of a client, which trains the net in its turn."""
import torch
from torch import nn
from sklearn.model_selection import KFold
torch.manual_seed(2)
X = torch.randn(400, 8); Y = (X[:, 0] * X[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
clients, others = X[:320], X[320:]
for _, share in KFold(4, shuffle=True, random_state=0).split(clients):
    for epoch in range(4):
        for rows in torch.tensor(share)[torch.randperm(len(share))].split(16):
            loss = nn.functional.cross_entropy(net(clients[rows]), Y[rows])
            opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad():
        print((net(others).argmax(1) == Y[320:]).float().mean().item())
