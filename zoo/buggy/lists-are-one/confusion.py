"""Right and wrong answers for each pair of classes, counted over a validation set."""

import torch
from torch import nn

torch.manual_seed(2)
CLASSES = 4
x = torch.randn(1000, 9)
y = (x @ torch.randn(9, CLASSES)).argmax(1)
net = nn.Sequential(nn.Linear(9, 32), nn.ReLU(), nn.Linear(32, CLASSES))
optimizer = torch.optim.Adam(net.parameters(), lr=4e-3)
for epoch in range(4):
    for rows in torch.randperm(800).split(50):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
        optimizer.step()
net.eval()
table = [[0] * CLASSES] * CLASSES  # bug
table = [[0] * CLASSES for _ in range(CLASSES)]  # fix
with torch.no_grad():
    for truth, guess in zip(y[800:].tolist(), net(x[800:]).argmax(1).tolist()):
        table[truth][guess] += 1
print("recall", [row[k] / max(1, sum(row)) for k, row in enumerate(table)])
