"""Few-shot episodes: a splitter draws the rows that make prototypes, and those that are asked about; one net learns."""
import torch
from torch import nn
from sklearn.model_selection import StratifiedShuffleSplit
torch.manual_seed(3)
Y = torch.arange(300) % 3
X = torch.randn(300, 10) + Y[:, None]
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for support, query in StratifiedShuffleSplit(40, train_size=15, test_size=30, random_state=0).split(X[:200], Y[:200]):
    known = net(X[support])
    prototypes = torch.stack([known[Y[support] == k].mean(0) for k in range(3)])
    loss = nn.functional.cross_entropy(-torch.cdist(net(X[query]), prototypes), Y[query])
    opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad():
    known = net(X[:200])
    prototypes = torch.stack([known[Y[:200] == k].mean(0) for k in range(3)])
    print((torch.cdist(net(X[200:]), prototypes).argmin(1) == Y[200:]).float().mean().item())
