import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import make_classification


def ece(prob, y, bins=10):
    conf, guess = prob.max(1)
    hit = (guess == y).float()
    edges = torch.linspace(0, 1, bins + 1)
    gap = 0.0
    for lo, hi in zip(edges[:-1], edges[1:]):
        inside = (conf > lo) & (conf <= hi)
        if inside.any():
            gap += inside.float().mean() * (conf[inside].mean() - hit[inside].mean()).abs()
    return float(gap)


class Scaled(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net.eval().requires_grad_(False)
        self.log_t = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        with torch.no_grad():
            z = self.net(x)
        return z / self.log_t.exp()


torch.manual_seed(9)
X, y = make_classification(2400, 20, n_informative=10, n_classes=4, class_sep=1.0, flip_y=0.1, random_state=9)
X, y = torch.tensor(X).float(), torch.tensor(y)
X = (X - X[:1200].mean(0)) / X[:1200].std(0)
parts = [(X[a:b], y[a:b]) for a, b in ((0, 1200), (1200, 1800), (1800, 2400))]
(xt, yt), (xc, yc), (xe, ye) = parts
net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 4))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(30):
    net.train()
    for a, b in DataLoader(TensorDataset(xt, yt), batch_size=50, shuffle=True):
        loss = F.cross_entropy(net(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
scaled = Scaled(net)
fit = torch.optim.LBFGS([scaled.log_t], lr=0.1, max_iter=50)


def closure():
    fit.zero_grad()
    loss = F.cross_entropy(scaled(xc), yc)
    loss.backward()
    return loss


fit.step(closure)
with torch.no_grad():
    before, after = net(xe).softmax(1), scaled(xe).softmax(1)
print("temperature", scaled.log_t.exp().item())
print("ece before", ece(before, ye), "after", ece(after, ye))
print("log loss", F.nll_loss(before.log(), ye).item(), F.nll_loss(after.log(), ye).item())
