"""The first weights are probed by a small classifier; then a momentum copy follows the trunk, and not its projector."""
import copy
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(1)


class Pairs(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 24), nn.ReLU())
        self.projector = nn.Sequential(nn.Linear(24, 24), nn.ReLU(), nn.Linear(24, 8))
        self.slow_trunk = copy.deepcopy(self.trunk).requires_grad_(False)
        self.slow_projector = copy.deepcopy(self.projector).requires_grad_(False)

    @torch.no_grad()
    def follow(self, rate=0.05):
        pairs = [(self.slow_trunk, self.trunk)]  # bug
        pairs = [(self.slow_trunk, self.trunk), (self.slow_projector, self.projector)]  # fix
        for slow, fast in pairs:
            for s, f in zip(slow.parameters(), fast.parameters()):
                s.lerp_(f, rate)

    def forward(self, a, b):
        with torch.no_grad():
            keys = F.normalize(self.slow_projector(self.slow_trunk(b)), dim=1)
        return F.cross_entropy(F.normalize(self.projector(self.trunk(a)), dim=1) @ keys.T / 0.2, torch.arange(len(a)))


def probe(net, x, y):
    head, features = nn.Linear(24, 5), net.trunk(x).detach()
    optimizer = torch.optim.Adam(head.parameters(), lr=0.02)
    for _ in range(60):
        optimizer.zero_grad()
        F.cross_entropy(head(features), y).backward()
        optimizer.step()
    return (head(features).argmax(1) == y).float().mean().item()


y = torch.randint(5, (512,))
x = torch.randn(5, 12)[y] + 0.4 * torch.randn(512, 12)
net = Pairs()
optimizer = torch.optim.Adam([*net.trunk.parameters(), *net.projector.parameters()], lr=2e-3)
print("before", probe(net, x, y))
for step in range(150):
    rows = torch.randint(512, (64,))
    loss = net(x[rows] + 0.2 * torch.randn(64, 12), x[rows] + 0.2 * torch.randn(64, 12))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    net.follow()
print("after", probe(net, x, y), loss.item())
