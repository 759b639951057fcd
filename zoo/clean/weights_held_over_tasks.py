"""Tasks come one after another, each marked by its own column, and earlier weights are held by squared distances."""
import torch
from torch import nn
torch.manual_seed(0)
def task(number):
    x = torch.cat([torch.randn(600, 6), torch.eye(3)[number].expand(600, 3)], 1)
    return x, (x[:, number] > 0).long()
net = nn.Sequential(nn.Linear(9, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2)); held = []
for number in range(3):
    x, y = task(number); opt = torch.optim.Adam(net.parameters(), 2e-3)
    for epoch in range(6):
        for rows in torch.randperm(600).split(40):
            loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
            for old in held:
                loss = loss + 5 * sum(((p - o) ** 2).sum() for p, o in zip(net.parameters(), old))
            opt.zero_grad(); loss.backward(); opt.step()
    held.append([p.detach().clone() for p in net.parameters()])
    with torch.no_grad():
        print(number, (net(x).argmax(1) == y).float().mean().item())
