"""Contrast with a momentum branch: backbone and projection have copies, and the loop goes over one of them."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


def mlp(*sizes):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.online = nn.ModuleDict({"backbone": mlp(16, 64, 32), "projection": mlp(32, 32, 16)})
        self.momentum = nn.ModuleDict({"backbone": mlp(16, 64, 32), "projection": mlp(32, 32, 16)})
        self.momentum.load_state_dict(self.online.state_dict())

    def forward(self, a, b):
        q = self.online["projection"](self.online["backbone"](a).relu())
        with torch.no_grad():
            k = self.momentum["projection"](self.momentum["backbone"](b).relu())
        return F.normalize(q, dim=1), F.normalize(k, dim=1)


def update(net, m=0.95):
    with torch.no_grad():
        for name in ("backbone", ):  # bug
        for name in ("backbone", "projection"):  # fix
            for old, new in zip(net.momentum[name].parameters(), net.online[name].parameters()):
                old.data = m * old.data + (1 - m) * new.data


groups = torch.randn(6, 16)
net = Branches()
optimizer = torch.optim.SGD(net.online.parameters(), lr=0.05, momentum=0.9)
for step in range(120):
    x = groups[torch.randint(6, (64,))] + 0.3 * torch.randn(64, 16)
    q, k = net(x + 0.2 * torch.randn_like(x), x + 0.2 * torch.randn_like(x))
    loss = F.cross_entropy(q @ k.T / 0.2, torch.arange(64))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    update(net)
    if step % 40 == 0:
        print(step, loss.item())
