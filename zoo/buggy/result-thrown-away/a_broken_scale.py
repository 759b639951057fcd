"""A net for measurements with outliers: a tensor's limits are meant to be set after it was standardised."""
import torch
import torch.nn.functional as F
from sklearn.datasets import load_diabetes
from torch import nn


class Regressor(nn.Module):
    def __init__(self, columns):
        super().__init__()
        self.first = nn.Linear(columns, 48)
        self.norm = nn.LayerNorm(48)
        self.last = nn.Linear(48, 1)

    def forward(self, x):
        hidden = F.relu(self.first(x))
        return self.last(self.norm(hidden)).squeeze(1)


def prepared(table, mean, std):
    x = (table - mean) / std
    x.clamp(-3, 3)  # bug
    x = x.clamp(-3, 3)  # fix
    return x


torch.manual_seed(0)
features, target = load_diabetes(return_X_y=True)
x = torch.tensor(features * 20, dtype=torch.float32)
y = torch.tensor((target - target.mean()) / target.std(), dtype=torch.float32)
x[torch.randperm(len(x))[:12], 2] = 400.0  # a broken scale
order = torch.randperm(len(x))
train, valid = order[:340], order[340:]
mean, std = x[train].median(0).values, x[train].abs().median(0).values + 0.1
net = Regressor(x.shape[1])
optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3)
for epoch in range(12):
    net.train()
    for rows in train[torch.randperm(len(train))].split(34):
        loss = F.mse_loss(net(prepared(x[rows], mean, std)), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        print(epoch, f"{F.mse_loss(net(prepared(x[valid], mean, std)), y[valid]).item():.3f}")
