import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_diabetes


class MultiTaskLoss(nn.Module):
    """Homoscedastic uncertainty weighting: one learned log-variance for each task."""

    def __init__(self, tasks):
        super().__init__()
        self.log_var = nn.ParameterDict({t: nn.Parameter(torch.zeros(())) for t in tasks})

    def forward(self, losses):
        return sum(torch.exp(-self.log_var[k]) * v + 0.5 * self.log_var[k] for k, v in losses.items())


class SharedNet(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(d, 32), nn.ReLU())
        self.level = nn.Linear(32, 1)
        self.severe = nn.Linear(32, 1)

    def forward(self, x):
        h = self.trunk(x)
        return {"level": self.level(h).squeeze(1), "severe": self.severe(h).squeeze(1)}


def build(d):
    net, weigh = SharedNet(d), MultiTaskLoss(["level", "severe"])
    groups = [{"params": net.parameters(), "lr": 2e-3}]
    groups.append({"params": weigh.parameters(), "lr": 1e-2})  # fix
    return net, weigh, torch.optim.Adam(groups)


torch.manual_seed(37)
X, y = load_diabetes(return_X_y=True)
order = torch.randperm(len(X))
X, y = torch.tensor(X).float()[order], torch.tensor(y).float()[order]
X = (X - X[:350].mean(0)) / X[:350].std(0)
level, severe = (y - y[:350].mean()) / y[:350].std(), (y > 140).float()
net, weigh, opt = build(X.shape[1])
mse, bce = nn.MSELoss(), nn.BCEWithLogitsLoss()
loader = DataLoader(TensorDataset(X[:350], level[:350], severe[:350]), batch_size=35, shuffle=True)

for epoch in range(12):
    net.train()
    for x, a, b in loader:
        out = net(x)
        loss = weigh({"level": mse(out["level"], a), "severe": bce(out["severe"], b)})
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 4 == 3:
        print(epoch, round(loss.item(), 3), {k: round(v.item(), 3) for k, v in weigh.log_var.items()})
net.eval()
with torch.no_grad():
    out = net(X[350:])
    print("accuracy", ((out["severe"] > 0) == severe[350:].bool()).float().mean().item())
    print("mse", mse(out["level"], level[350:]).item())
