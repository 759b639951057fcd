"""Pain from 0 to 4: is it above each level? The levels are those of the classes above the lowest."""
import torch
from torch import nn

torch.manual_seed(5)
CLASSES = 5
x = torch.randn(1200, 6)
pain = torch.bucketize(x[:, 0] * 1.2 + x[:, 3] + 0.4 * torch.randn(1200), torch.tensor([-1.5, -0.4, 0.5, 1.6]))
thresholds = torch.arange(1, CLASSES)  # bug
thresholds = torch.arange(CLASSES - 1)  # fix
above = (pain.view(-1, 1) > thresholds).float()
net = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, CLASSES - 1), nn.Sigmoid())
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(8):
    net.train()
    for rows in torch.randperm(1000).split(50):
        loss = nn.functional.binary_cross_entropy(net(x[rows]), above[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        print(epoch, ((net(x[1000:]) > 0.5).sum(1) - pain[1000:]).abs().float().mean().item())
