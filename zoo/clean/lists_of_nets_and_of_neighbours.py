"""A list of agents that share one net, copies of each epoch, and neighbours that are looked for among other rows."""
import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
kinds = torch.randint(0, 5, (300,))
x = 1.5 * torch.randn(5, 10)[kinds] + torch.randn(300, 10)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 12))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
agents, snapshots = [net] * 3, []
for epoch in range(6):
    for step in range(12):
        rows = x[torch.randint(0, 200, (48,))]
        views = [F.normalize(agent(rows + 0.3 * torch.randn_like(rows)), dim=1) for agent in agents]
        loss = sum(F.cross_entropy(views[0] @ other.T / 0.2, torch.arange(48)) for other in views[1:])
        opt.zero_grad()
        loss.backward()
        opt.step()
    snapshots.append(copy.deepcopy(net).eval())
with torch.no_grad():
    z = torch.stack([F.normalize(each(x), dim=1) for each in snapshots]).mean(0)
    known, new = z[:200], z[200:]
    near = (new @ known.T).topk(5, dim=1).indices
    print("five neighbours", (kinds[near] == kinds[200:, None]).float().mean().item())
    noisy = F.normalize(net(x[200:] + 0.05 * torch.randn(100, 10)), dim=1)
    print("found again", ((noisy @ F.normalize(net(x[200:]), dim=1).T).argmax(1) == torch.arange(100)).float().mean().item())
