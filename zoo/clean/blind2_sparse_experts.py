import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(15)


class SwitchLayer(nn.Module):
    """Each row goes to one expert; the gate learns through the probability that scales the expert's output."""

    def __init__(self, dim, n=6, inner=32):
        super().__init__()
        self.gate = nn.Linear(dim, n)
        self.experts = nn.ModuleList(nn.Sequential(nn.Linear(dim, inner), nn.ReLU(), nn.Linear(inner, dim)) for _ in range(n))

    def forward(self, x):
        prob = self.gate(x).softmax(-1)
        top, which = prob.max(-1)
        out = torch.zeros_like(x)
        for k, expert in enumerate(self.experts):
            rows = (which == k).nonzero().squeeze(1)
            if len(rows):
                out = out.index_add(0, rows, expert(x[rows]) * top[rows, None])
        load = F.one_hot(which, len(self.experts)).float().mean(0)
        self.balance = len(self.experts) * (load * prob.mean(0)).sum()
        return x + out


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.moe, self.head = nn.Sequential(nn.Linear(10, 16), nn.Tanh()), SwitchLayer(16), nn.Linear(16, 1)

    def forward(self, x):
        return self.head(self.moe(self.stem(x)))


def regimes(n):
    x = torch.randn(n, 10)
    k = (x[:, 0] > 0).long() * 2 + (x[:, 1] > 0).long()
    w = torch.randn(4, 10, generator=torch.Generator().manual_seed(1)) / 10**0.5
    return x, (w[k] * x).sum(1, keepdim=True) + 0.05 * torch.randn(n, 1)


train, (xv, yv) = TensorDataset(*regimes(2000)), regimes(500)
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=4e-3)
for epoch in range(10):
    net.train()
    total = 0.0
    for x, y in DataLoader(train, batch_size=50, shuffle=True):
        fit = F.mse_loss(net(x), y)
        loss = fit + 0.01 * net.moe.balance
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += fit.item()
    if epoch % 3 == 0:
        net.eval()
        with torch.no_grad():
            print(epoch, round(total / 40, 4), round(F.mse_loss(net(xv), yv).item(), 4))
