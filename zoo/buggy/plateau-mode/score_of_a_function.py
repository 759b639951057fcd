"""The share of right answers, under a name that does not say so; the rate is cut until nothing moves any more."""
import torch
from torch import nn


def evaluate(net, x, y):
    net.eval()
    right = 0
    with torch.no_grad():
        for part, labels in zip(x.split(50), y.split(50)):
            right += (net(part).argmax(1) == labels).sum().item()
    return right / len(y)


torch.manual_seed(0)
centres = torch.randn(4, 12)
y = torch.randint(0, 4, (1200,))
x = centres[y] + 1.3 * torch.randn(1200, 12)
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.1, patience=1)  # bug
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="max", factor=0.1, patience=1)  # fix
for epoch in range(14):
    net.train()
    for rows in torch.randperm(1000).split(50):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    score = evaluate(net, x[1000:], y[1000:])
    scheduler.step(score)
    print(f"epoch {epoch}: {score:.3f} at {optimizer.param_groups[0]['lr']:.1e}")
