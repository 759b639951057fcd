import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split


class Regressor(nn.Module):
    def __init__(self, n_in):
        super().__init__()
        self.stack = nn.Sequential(
            nn.Linear(n_in, 48), nn.BatchNorm1d(48), nn.LeakyReLU(), nn.Linear(48, 1)
        )

    def forward(self, x):
        return self.stack(x).squeeze(1)


@torch.no_grad()
def evaluate(model, loader):
    model.eval()  # fix
    total, n = 0.0, 0
    for x, y in loader:
        total += nn.functional.l1_loss(model(x), y, reduction="sum").item()
        n += len(y)
    return total / n


def run():
    torch.manual_seed(4)
    x = torch.randn(500, 7)
    y = x[:, 0] ** 2 + x[:, 1] - 0.5 * x[:, 2]
    train_set, val_set = random_split(TensorDataset(x, y), [400, 100])
    train_loader = DataLoader(train_set, 50, shuffle=True)
    val_loader = DataLoader(val_set, 50)
    model = Regressor(7)
    opt = torch.optim.Adam(model.parameters(), lr=1e-2)
    for epoch in range(6):
        model.train()
        for xb, yb in train_loader:
            opt.zero_grad()
            nn.functional.mse_loss(model(xb), yb).backward()
            opt.step()
        print("epoch", epoch, "val mae", evaluate(model, val_loader))


run()
