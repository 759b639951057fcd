import torch
import torch.nn.functional as F
from torch import nn
from sklearn.datasets import make_blobs


class Prototypes:
    """A running mean of each class's embedding, used to explain predictions after training."""

    def __init__(self, classes, dim, rate=0.1):
        self.table = torch.zeros(classes, dim)
        self.rate = rate

    def update(self, z, y):
        member = F.one_hot(y, len(self.table)).to(z.dtype)
        z = z.detach()  # fix
        count = member.sum(0).unsqueeze(1)
        mean = member.t() @ z / count.clamp(min=1)
        moved = self.table + self.rate * (mean - self.table)
        self.table = torch.where(count > 0, moved, self.table)

    def nearest(self, z):
        return torch.cdist(z, self.table).argmin(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8), nn.Tanh())
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        z = self.features(x)
        return self.head(z), z


torch.manual_seed(23)
X, y = make_blobs(1200, n_features=10, centers=5, cluster_std=4.0, random_state=23)
X, y = torch.tensor(X).float(), torch.tensor(y)
X = (X - X[:900].mean(0)) / X[:900].std(0)
net, protos = Net(), Prototypes(5, 8)
opt = torch.optim.Adam(net.parameters(), lr=3e-3)

for epoch in range(8):
    net.train()
    for idx in torch.randperm(900).split(60):
        logits, z = net(X[idx])
        loss = F.cross_entropy(logits, y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        protos.update(z, y[idx])
    net.eval()
    with torch.no_grad():
        logits, z = net(X[900:])
        by_head = (logits.argmax(1) == y[900:]).float().mean().item()
        by_prototype = (protos.nearest(z) == y[900:]).float().mean().item()
    print(f"{epoch} loss {loss.item():.3f} head {by_head:.3f} prototype {by_prototype:.3f}")
