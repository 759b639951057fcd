"""Three widths are tried, and each is judged by its best epoch."""
import copy

import torch
from torch import nn


def fit_all(x, y, widths):
    lowest, kept = float("inf"), {}  # bug
    scores = {}
    for width in widths:
        lowest, kept = float("inf"), {}  # fix
        net = nn.Sequential(nn.Linear(5, width), nn.Tanh(), nn.Linear(width, 1))
        opt = torch.optim.Adam(net.parameters(), lr=5e-3)
        for epoch in range(6):
            for rows in torch.randperm(240).split(30):
                loss = nn.functional.mse_loss(net(x[rows]), y[rows])
                opt.zero_grad(); loss.backward(); opt.step()
            with torch.no_grad():
                now = nn.functional.mse_loss(net(x[240:]), y[240:]).item()
            if now < lowest:
                lowest = now
                kept = copy.deepcopy(net[2].state_dict())
        net[2].load_state_dict(kept) if kept and kept["weight"].shape == net[2].weight.shape else None
        with torch.no_grad():
            scores[width] = nn.functional.l1_loss(net(x[240:]), y[240:]).item()
    return scores


torch.manual_seed(11)
x = torch.randn(320, 5)
print(fit_all(x, x[:, :1].sin() + 0.1 * torch.randn(320, 1), (8, 16, 32)))
