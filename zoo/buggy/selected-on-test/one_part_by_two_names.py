"""The weights of the best epoch are kept; each of the parts has a name."""

import copy

import torch
from torch import nn

torch.manual_seed(0)
rows = torch.randn(700, 8)
label = (rows[:, 0] * rows[:, 1] + 0.5 * torch.randn(700) > 0).long()
train_rows, test_rows = torch.arange(500), torch.arange(500, 700)
valid_rows = test_rows  # bug
train_rows, valid_rows = torch.arange(400), torch.arange(400, 500)  # fix
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimiser = torch.optim.Adam(net.parameters(), lr=1e-2)


@torch.no_grad()
def accuracy(part):
    return (net(rows[part]).argmax(1) == label[part]).float().mean().item()


best_score, best = 0.0, None
for epoch in range(10):
    for some in train_rows[torch.randperm(len(train_rows))].split(40):
        loss = nn.functional.cross_entropy(net(rows[some]), label[some])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    score = accuracy(valid_rows)
    if score > best_score:
        best_score, best = score, copy.deepcopy(net.state_dict())
net.load_state_dict(best)
print(round(best_score, 3), round(accuracy(test_rows), 3))
