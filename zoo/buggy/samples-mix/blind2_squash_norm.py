import torch
import torch.nn.functional as F
from torch import nn
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split


class RMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-6, axis=0):  # bug
    def __init__(self, dim, eps=1e-6, axis=-1):  # fix
        super().__init__()
        self.gain = nn.Parameter(torch.ones(dim))
        self.eps, self.axis = eps, axis

    def forward(self, x):
        ms = x.pow(2).mean(dim=self.axis, keepdim=True)
        return self.gain * x * torch.rsqrt(ms + self.eps)


class GatedUnit(nn.Module):
    def __init__(self, dim, inner):
        super().__init__()
        self.norm = RMSNorm(dim)
        self.up = nn.Linear(dim, 2 * inner)
        self.down = nn.Linear(inner, dim)

    def forward(self, x):
        a, b = self.up(self.norm(x)).chunk(2, dim=-1)
        return x + self.down(F.silu(a) * b)


class Net(nn.Module):
    def __init__(self, n_in, classes, dim=24, depth=2):
        super().__init__()
        self.stem = nn.Sequential(nn.Linear(n_in, dim), nn.SiLU())
        self.units = nn.ModuleList([GatedUnit(dim, 32) for _ in range(depth)])
        self.final, self.head = RMSNorm(dim), nn.Linear(dim, classes)

    def forward(self, x):
        x = self.stem(x)
        for unit in self.units:
            x = unit(x)
        return self.head(self.final(x))


torch.manual_seed(10)
X, y = load_wine(return_X_y=True)
Xa, Xb, ya, yb = train_test_split(X, y, test_size=0.3, stratify=y, random_state=10)
Xb, Xa = (Xb - Xa.mean(0)) / Xa.std(0), (Xa - Xa.mean(0)) / Xa.std(0)
Xa, Xb, ya, yb = torch.tensor(Xa).float(), torch.tensor(Xb).float(), torch.tensor(ya), torch.tensor(yb)
net = Net(13, 3)
opt = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.05)
for epoch in range(12):
    net.train()
    for idx in torch.randperm(len(Xa)).chunk(5):
        loss = F.cross_entropy(net(Xa[idx]), ya[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 3 == 2:
        net.eval()
        with torch.no_grad():
            print(epoch, round(loss.item(), 3), (net(Xb).argmax(1) == yb).float().mean().item())
