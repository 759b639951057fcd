import copy

import torch
from torch import nn

torch.manual_seed(0)
X = torch.randn(600, 15)
y = (X[:, 0] * X[:, 1] + X[:, 2] > 0).long()
train_x, train_y, val_x, val_y = X[:450], y[:450], X[450:], y[450:]

net = nn.Sequential(nn.Linear(15, 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 2))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
criterion = nn.CrossEntropyLoss()


def validate():
    net.eval()
    with torch.no_grad():
        return criterion(net(val_x), val_y).item()


best, bad, kept = float("inf"), 0, None
net.train()  # bug
for epoch in range(8):
    net.train()  # fix
    for chunk in torch.randperm(450).split(75):
        opt.zero_grad()
        criterion(net(train_x[chunk]), train_y[chunk]).backward()
        opt.step()
    now = validate()
    print(epoch, now)
    if now < best:
        best, bad, kept = now, 0, copy.deepcopy(net.state_dict())
    else:
        bad += 1
        if bad == 3:
            break
net.load_state_dict(kept)
