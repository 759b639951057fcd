"""Weights of the best epoch are kept."""
import copy
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x[:, 0] * x[:, 1] + 0.3 * torch.randn(600) > 0).long()
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 2))
optimiser = torch.optim.Adam(net.parameters(), lr=1e-2)
best_loss, best = float("inf"), None
for epoch in range(10):
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        optimiser.zero_grad(); loss.backward(); optimiser.step()
    with torch.no_grad():
        held_out = nn.functional.cross_entropy(net(x[400:500]), y[400:500]).item()
    if held_out < best_loss:
        bestloss = held_out  # bug
        best_loss = held_out  # fix
        best = copy.deepcopy(net.state_dict())
net.load_state_dict(best)
with torch.no_grad():
    print(held_out, (net(x[500:]).argmax(1) == y[500:]).float().mean().item())
