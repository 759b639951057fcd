"""Five seeds, each with the weights of its best epoch, which are kept in a file."""
import os
import tempfile

import torch
from torch import nn

x = torch.randn(300, 6, generator=torch.Generator().manual_seed(0))
y = (x[:, 0] * x[:, 1] > 0).long()
path = os.path.join(tempfile.mkdtemp(), "best.pt")
best_acc = 0.0  # bug
results = []
for seed in range(5):
    torch.manual_seed(seed)
    best_acc = 0.0  # fix
    model = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for epoch in range(5):
        for rows in torch.randperm(220).split(44):
            loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            acc = (model(x[220:260]).argmax(1) == y[220:260]).float().mean().item()
        if acc > best_acc:
            best_acc = acc
            torch.save(model.state_dict(), path)
    model.load_state_dict(torch.load(path))
    with torch.no_grad():
        results.append((model(x[260:]).argmax(1) == y[260:]).float().mean().item())
print(results)
