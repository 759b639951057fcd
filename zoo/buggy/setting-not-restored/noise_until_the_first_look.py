"""A net that blurs its own features with noise while it learns; how much is decided anew in each call."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 16)
y = (x[:, :3].sum(1) + 0.8 * torch.randn(900) > 0).long()


class Blurred(nn.Module):
    def __init__(self, strength):
        super().__init__()
        self.strength = strength
        self.inner, self.outer = nn.Linear(16, 64), nn.Linear(64, 2)

    def forward(self, x):
        h = self.inner(x).relu()
        self.strength = self.strength if self.training else 0.0  # bug
        strength = self.strength if self.training else 0.0  # fix
        h = h + self.strength * torch.randn_like(h)  # bug
        h = h + strength * torch.randn_like(h)  # fix
        return self.outer(h)


net = Blurred(0.5)
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    net.train()
    for rows in torch.randperm(600).split(50):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        print(epoch, loss.item(), (net(x[600:]).argmax(1) == y[600:]).float().mean().item())
