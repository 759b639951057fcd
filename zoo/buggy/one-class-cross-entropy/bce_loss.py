"""The last layer is a softmax over one value, then BCELoss."""
import torch
from torch import nn
torch.manual_seed(0)
X = torch.randn(400, 6)
Y = (X[:, 0] + X[:, 1] > 0).float().unsqueeze(1)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1), nn.Softmax(dim=1))  # bug
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())  # fix
opt = torch.optim.Adam(net.parameters(), 1e-2)
crit = nn.BCELoss()
for ep in range(8):
    for b in torch.randperm(400).split(40):
        loss = crit(net(X[b]), Y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(ep, loss.item())
