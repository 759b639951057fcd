import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import make_friedman1

torch.manual_seed(7)


class Net(nn.Module):
    def __init__(self, d, p=0.1):
        super().__init__()
        self.seq = nn.Sequential(
            nn.Linear(d, 48), nn.ReLU(), nn.Dropout(p), nn.Linear(48, 48), nn.ReLU(), nn.Dropout(p), nn.Linear(48, 2)
        )

    def forward(self, x):
        mean, raw = self.seq(x).chunk(2, dim=1)
        return mean, nn.functional.softplus(raw) + 1e-3


def sample_predictions(net, x, draws=40):
    net.eval()
    for m in net.modules():
        if isinstance(m, nn.Dropout):
            m.train()
    with torch.no_grad():
        means, variances = zip(*(net(x) for _ in range(draws)))
    net.eval()
    means, variances = torch.stack(means), torch.stack(variances)
    return means.mean(0), (means.var(0) + variances.mean(0)).sqrt()


X, y = make_friedman1(1100, n_features=6, noise=1.0, random_state=7)
X, y = torch.tensor(X).float(), torch.tensor(y).float().unsqueeze(1)
X = (X - X[:800].mean(0)) / X[:800].std(0)
y = (y - y[:800].mean()) / y[:800].std()
net = Net(6)
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
nll = nn.GaussianNLLLoss()
for epoch in range(12):
    net.train()
    total = 0.0
    for xb, yb in DataLoader(TensorDataset(X[:800], y[:800]), batch_size=50, shuffle=True):
        mean, var = net(xb)
        loss = nll(mean, yb, var)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    if epoch % 4 == 3:
        print(epoch + 1, round(total / 16, 4))
mean, sd = sample_predictions(net, X[800:])
inside = ((y[800:] - mean).abs() < 1.645 * sd).float().mean().item()
print("share inside the 90% interval", inside, "rmse", (y[800:] - mean).pow(2).mean().sqrt().item())
