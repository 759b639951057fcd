"""The scheduler waits for the accuracy to fall."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 5)
y = (x[:, 0] + x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=2)  # bug
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, "max", patience=2)  # fix
for epoch in range(8):
    net.train()
    for rows in torch.randperm(300).split(50):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        accuracy = (net(x[300:]).argmax(1) == y[300:]).float().mean().item()
    scheduler.step(accuracy)
