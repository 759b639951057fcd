"""A diffusion of points on a ring: training draws its noise from 0 to 1."""
import torch
from torch import nn

torch.manual_seed(3)
STEPS = 40
beta = torch.linspace(1e-3, 0.2, STEPS)
alpha_bar = (1 - beta).cumprod(0)
angle = torch.rand(1000) * 6.283
ring = torch.stack([angle.cos(), angle.sin()], 1) * 1.4


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(3, 64), nn.GELU(), nn.Linear(64, 64), nn.GELU(), nn.Linear(64, 2))

    def forward(self, x, when):
        return self.layers(torch.cat([x, when[:, None] / STEPS], 1))


def losses(net, clean):
    when = torch.randint(STEPS, (len(clean),))
    kept = alpha_bar[when][:, None]
    eps = torch.rand(clean.shape)  # bug
    eps = torch.randn(clean.shape)  # fix
    predicted = net(kept.sqrt() * clean + (1 - kept).sqrt() * eps, when)
    return nn.functional.mse_loss(predicted, eps)


net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(150):
    loss = losses(net, ring[torch.randint(1000, (100,))])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

with torch.no_grad():
    x = torch.randn(200, 2)
    for now in range(STEPS - 1, -1, -1):
        x = (x - beta[now] / (1 - alpha_bar[now]).sqrt() * net(x, torch.full((200,), now))) / (1 - beta[now]).sqrt()
        if now:
            x = x + beta[now].sqrt() * torch.randn(200, 2)
print(loss.item(), x.norm(dim=1).mean().item())
