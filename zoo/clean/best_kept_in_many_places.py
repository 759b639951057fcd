"""Best weights in a dictionary, in an attribute that another function loads, and a best epoch that is only printed."""
import copy

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] * x[:, 1] + 0.5 * torch.randn(900) > 0).long()


class Keeper:
    def __init__(self):
        self.score, self.best_state, self.kept = 0.0, None, {}

    def __call__(self, score, net, epoch):
        if score > self.score:
            self.score, self.best_state = score, copy.deepcopy(net.state_dict())
            self.kept["best"] = epoch

    def restore(self, net):
        net.load_state_dict(self.best_state)


net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 2))
opt = torch.optim.Adam(net.parameters(), 5e-3)
keeper, best = Keeper(), {"accuracy": 0.0}
for epoch in range(12):
    for rows in torch.randperm(500).split(50):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        acc = (net(x[500:700]).argmax(1) == y[500:700]).float().mean().item()
    keeper(acc, net, epoch)
    if acc > best["accuracy"]:
        best["accuracy"], best["epoch"] = acc, epoch
keeper.restore(net)
with torch.no_grad():
    print(best, keeper.kept, (net(x[700:]).argmax(1) == y[700:]).float().mean().item())
