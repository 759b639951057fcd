"""The best epoch's weights are kept, and the test is of the last ones."""
import copy

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] * x[:, 1] + 0.5 * torch.randn(900) > 0).long()
net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 2))
opt = torch.optim.Adam(net.parameters(), 5e-3)
best_acc, best_state = 0.0, None
for epoch in range(15):
    for rows in torch.randperm(500).split(50):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        acc = (net(x[500:700]).argmax(1) == y[500:700]).float().mean().item()
    if acc > best_acc:
        best_acc, best_state = acc, copy.deepcopy(net.state_dict())
net.load_state_dict(best_state)  # fix
net.eval()
with torch.no_grad():
    print("test", (net(x[700:]).argmax(1) == y[700:]).float().mean().item())
