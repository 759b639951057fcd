import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import make_regression


class Progress:
    """An exponentially smoothed value, as progress bars show it."""

    def __init__(self, momentum=0.95):
        self.momentum, self.value = momentum, None

    def __call__(self, v):
        self.value = v if self.value is None else self.momentum * self.value + (1 - self.momentum) * v
        return self.value

    def __str__(self):
        return f"{float(self.value):.4f}"


class Residual(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(d, d), nn.ReLU(), nn.Linear(d, d))

    def forward(self, x):
        return x + self.f(x)


def main():
    torch.manual_seed(14)
    X, y = make_regression(1000, 20, n_informative=8, noise=5.0, random_state=14)
    X, y = torch.tensor(X).float(), torch.tensor((y - y.mean()) / y.std()).float().unsqueeze(1)
    train, hold = TensorDataset(X[:800], y[:800]), (X[800:], y[800:])
    net = nn.Sequential(nn.Linear(20, 24), nn.ReLU(), Residual(24), nn.Linear(24, 1))
    opt = torch.optim.Adam(net.parameters(), lr=1e-3)
    loss_fn, shown = nn.MSELoss(), Progress()
    loader = DataLoader(train, batch_size=40, shuffle=True)
    for epoch in range(6):
        net.train()
        for x, t in loader:
            loss = loss_fn(net(x), t)
            opt.zero_grad()
            loss.backward()
            opt.step()
            shown(loss)  # bug
            shown(loss.detach())  # fix
        print(f"epoch {epoch} smoothed loss {shown}")
    net.eval()
    with torch.no_grad():
        print("held out", loss_fn(net(hold[0]), hold[1]).item())


main()
