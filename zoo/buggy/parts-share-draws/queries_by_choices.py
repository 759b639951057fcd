"""Each class is drawn for an episode, then split into what is shown and what is asked."""

import random

import torch
from torch import nn

random.seed(18)
torch.manual_seed(18)
classes = [torch.randn(1, 12) * 1.4 + torch.randn(20, 12) for _ in range(12)]
SHOTS, ASKED = 3, 6
net = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 12))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for episode in range(90):
    centres, asked, answers = [], [], []
    for label, rows in enumerate(random.sample(classes, 4)):
        drawn = random.choices(range(len(rows)), k=SHOTS + ASKED)  # bug
        drawn = random.sample(range(len(rows)), k=SHOTS + ASKED)  # fix
        centres.append(net(rows[drawn[:SHOTS]]).mean(0))
        asked.append(rows[drawn[SHOTS:]])
        answers += [label] * ASKED
    logits = -torch.cdist(net(torch.cat(asked)), torch.stack(centres)).pow(2)
    loss = nn.functional.cross_entropy(logits, torch.tensor(answers))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
