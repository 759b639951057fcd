"""A search of rates under one floor, and a training that is resumed where the rate stands at its floor already."""
import torch
from torch import nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

torch.manual_seed(8)
x = torch.randn(500, 6)
y = (x @ torch.randn(6, 1) + x[:, :1] * x[:, 1:2]).squeeze(1) + 0.3 * torch.randn(500)


def fit(rate, epochs=6, saved=None):
    net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=rate, momentum=0.9)
    if saved is not None:
        net.load_state_dict(saved["net"])
        optimizer.load_state_dict(saved["optimizer"])
    plateau = ReduceLROnPlateau(optimizer, factor=0.1, patience=0, threshold=0.2, min_lr=1e-3)
    if saved is not None:
        plateau.load_state_dict(saved["plateau"])
    for _ in range(epochs):
        for rows in torch.randperm(400).split(25):
            loss = nn.functional.mse_loss(net(x[rows]).squeeze(1), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            error = nn.functional.mse_loss(net(x[400:]).squeeze(1), y[400:]).item()
        plateau.step(error)
    state = {"net": net.state_dict(), "optimizer": optimizer.state_dict(), "plateau": plateau.state_dict()}
    return error, optimizer.param_groups[0]["lr"], state


for rate in (1e-3, 1e-2, 3e-2):
    error, reached, state = fit(rate)
    print(rate, round(error, 3), reached)
print("resumed", fit(3e-2, saved=state)[:2])
