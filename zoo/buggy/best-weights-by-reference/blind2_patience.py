import math

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import make_friedman1


class EarlyStopping:
    def __init__(self, patience=3):
        self.patience, self.left, self.best, self.weights = patience, patience, math.inf, None

    def __call__(self, value, module):
        if value < self.best:
            self.best, self.left = value, self.patience
            self.weights = {k: v.detach() for k, v in module.state_dict().items()}  # bug
            self.weights = {k: v.detach().clone() for k, v in module.state_dict().items()}  # fix
        else:
            self.left -= 1
        return self.left == 0

    def restore(self, module):
        module.load_state_dict(self.weights)


torch.manual_seed(158)
X, y = make_friedman1(900, n_features=8, noise=1.0, random_state=157)
X, y = torch.tensor(X).float(), torch.tensor(y).float().unsqueeze(1)
X = (X - X[:600].mean(0)) / X[:600].std(0)
y = (y - y[:600].mean()) / y[:600].std()
xv, yv, xt, yt = X[600:750], y[600:750], X[750:], y[750:]
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.05)
loss_fn, stopper = nn.MSELoss(), EarlyStopping(4)
for epoch in range(12):
    net.train()
    for xb, yb in DataLoader(TensorDataset(X[:600], y[:600]), batch_size=40, shuffle=True):
        opt.zero_grad()
        loss = loss_fn(net(xb), yb)
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        value = loss_fn(net(xv), yv).item()
    print(f"{epoch:2d} {value:.4f}")
    if stopper(value, net):
        break
stopper.restore(net)
net.eval()
with torch.no_grad():
    print("test", loss_fn(net(xt), yt).item())
