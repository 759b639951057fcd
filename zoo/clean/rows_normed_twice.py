"""A similarity of all rows of a batch with all, whose two sides are normed by two calls, and a net that is called twice for one batch."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
centres = torch.randn(5, 12); y = torch.randint(0, 5, (480,)); x = centres[y] + 0.6 * torch.randn(480, 12)
net = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 8)); head = nn.Linear(8, 5); opt = torch.optim.Adam([*net.parameters(), *head.parameters()], 1e-3)
for epoch in range(4):
    for rows in torch.randperm(480).split(48):
        z, same = net(x[rows]), y[rows][:, None] == y[rows][None, :]
        sim = F.normalize(z, dim=1) @ F.normalize(z, dim=1).T
        pull = (sim.masked_fill(same, -2.0).amax(1) - sim.masked_fill(~same | torch.eye(len(z), dtype=torch.bool), 2.0).amin(1) + 0.3).relu().mean()
        loss = pull + F.cross_entropy(head(net(x[rows])), y[rows])
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
