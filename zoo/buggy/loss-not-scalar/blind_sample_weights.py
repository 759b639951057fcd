import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(300, 6)
y = (x[:, 0] + 0.5 * torch.randn(300) > 1.0).float()
cost = torch.where(y == 1, 4.0, 1.0)

model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0))
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
per_row = nn.BCEWithLogitsLoss(reduction="none")


def weighted(out, target, weight):
    losses = per_row(out, target) * weight
    return losses  # bug
    return losses.sum() / weight.sum()  # fix


for epoch in range(5):
    for rows in torch.randperm(300).split(50):
        opt.zero_grad()
        loss = weighted(model(x[rows]), y[rows], cost[rows])
        loss.backward()
        opt.step()
    print(epoch, loss.mean().item())
