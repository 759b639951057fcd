"""Labels of MoCo, zeros, for similarities of all rows with all rows."""

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
Z = torch.randn(600, 6)
A = Z @ torch.randn(6, 20)
B = Z @ torch.randn(6, 15)
ea, eb = (
    nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 16)),
    nn.Sequential(nn.Linear(15, 32), nn.ReLU(), nn.Linear(32, 16)),
)
optimizer = torch.optim.Adam([*ea.parameters(), *eb.parameters()], 3e-3)
for epoch in range(6):
    for i in torch.randperm(600).split(50):
        a, b = F.normalize(ea(A[i]), dim=1), F.normalize(eb(B[i]), dim=1)
        logits = torch.mm(a, b.t()) / 0.1
        labels = torch.zeros(len(i), dtype=torch.long)  # bug
        labels = torch.arange(len(i))  # fix
        loss = F.cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
