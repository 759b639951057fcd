# feature selection with a gate for every column
import torch
from torch import nn


class Gated(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.gate = nn.Linear(n, n)
        self.body = nn.Sequential(nn.Linear(n, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, x):
        soft = torch.sigmoid(self.gate(x))
        mask = (soft > 0.5).float()  # bug
        mask = (soft > 0.5).float() + soft - soft.detach()  # fix
        return self.body(x * mask).squeeze(-1)


def go():
    torch.manual_seed(7)
    X = torch.randn(500, 12)
    y = X[:, 0] + X[:, 1].relu() * 2
    model = Gated(12)
    opt = torch.optim.Adam(model.parameters(), lr=5e-3)
    for step in range(50):
        rows = torch.randint(0, 500, (64,))
        opt.zero_grad()
        loss = nn.functional.mse_loss(model(X[rows]), y[rows])
        loss.backward()
        opt.step()
        if step % 10 == 0:
            print(step, loss.item())


go()
