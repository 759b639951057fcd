import torch
import torch.nn.functional as F
from torch import nn
from sklearn.datasets import make_blobs
from sklearn.neighbors import KNeighborsClassifier


def pairwise_distance(z):
    sq = (z.unsqueeze(0) - z.unsqueeze(1)).pow(2).sum(-1)
    return torch.sqrt(sq)  # bug
    return torch.sqrt(sq + 1e-8)  # fix


class BatchHardTriplet(nn.Module):
    def __init__(self, margin=0.3):
        super().__init__()
        self.margin = margin

    def forward(self, z, y):
        d = pairwise_distance(z)
        same = y.unsqueeze(0) == y.unsqueeze(1)
        hardest_positive = (d * same).max(1).values
        hardest_negative = (d + 10.0 * same).min(1).values
        return F.relu(hardest_positive - hardest_negative + self.margin).mean()


class Embedder(nn.Module):
    def __init__(self, d, z=8):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, 48), nn.ReLU(), nn.Linear(48, z))

    def forward(self, x):
        return F.normalize(self.net(x), dim=-1)


def balanced_batches(y, per_class, steps):
    groups = [torch.nonzero(y == c).flatten() for c in y.unique()]
    for _ in range(steps):
        yield torch.cat([g[torch.randperm(len(g))[:per_class]] for g in groups])


torch.manual_seed(109)
X, y = make_blobs(1000, n_features=16, centers=6, cluster_std=4.0, random_state=109)
X, y = torch.tensor(X).float(), torch.tensor(y)
X = (X - X[:700].mean(0)) / X[:700].std(0)
xa, ya, xb, yb = X[:700], y[:700], X[700:], y[700:]
net, criterion = Embedder(16), BatchHardTriplet()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
net.train()
for step, idx in enumerate(balanced_batches(ya, 8, 150)):
    loss = criterion(net(xa[idx]), ya[idx])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 30 == 0:
        print(step, loss.item())
net.eval()
with torch.no_grad():
    za, zb = (torch.nan_to_num(net(v)).numpy() for v in (xa, xb))
print("5-nn accuracy", KNeighborsClassifier(5).fit(za, ya.numpy()).score(zb, yb.numpy()))
