"""level: warning; five folds by hand, and one net for all of them."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(150, 8)
y = (x[:, 0] * x[:, 1] > 0).long()
folds = torch.randperm(150).chunk(5)
scores = []
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))  # bug
opt = torch.optim.Adam(net.parameters(), lr=1e-2)  # bug
for k in range(5):
    val_idx = folds[k]
    train_idx = torch.cat([fold for i, fold in enumerate(folds) if i != k])
    net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))  # fix
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)  # fix
    for epoch in range(4):
        for rows in train_idx[torch.randperm(len(train_idx))].split(20):
            opt.zero_grad()
            nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
            opt.step()
    with torch.no_grad():
        scores.append((net(x[val_idx]).argmax(1) == y[val_idx]).float().mean().item())
print(sum(scores) / 5)
