"""A diffusion on rings of points, 50 steps: the step of each row is drawn, but outside of the loop, and once for all."""
import torch
from torch import nn

torch.manual_seed(8)
steps = 50
betas = torch.linspace(1e-3, 0.15, steps)
kept = (1 - betas).cumprod(0)
angle = torch.rand(1024) * 6.2832
points = torch.stack([angle.cos(), angle.sin()], 1) + 0.05 * torch.randn(1024, 2)


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = nn.Embedding(steps, 24)
        self.layers = nn.Sequential(nn.Linear(26, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 2))

    def forward(self, x, t):
        return self.layers(torch.cat([x, self.time(t)], 1))


net = Denoiser()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
level = torch.randint(0, steps, (1,))  # bug
for epoch in range(4):
    net.train()
    for rows in torch.randperm(1024).split(64):
        clean = points[rows]
        t = level.expand(len(rows))  # bug
        t = torch.randint(0, steps, (len(rows),))  # fix
        noise = torch.randn_like(clean)
        noised = kept[t, None].sqrt() * clean + (1 - kept[t, None]).sqrt() * noise
        loss = nn.functional.mse_loss(net(noised, t), noise)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        x = torch.randn(200, 2)
        for t in range(steps - 1, -1, -1):
            found = net(x, torch.full((200,), t))
            x = (x - betas[t] / (1 - kept[t]).sqrt() * found) / (1 - betas[t]).sqrt()
            x = x + betas[t].sqrt() * torch.randn_like(x) if t else x
    print(f"epoch {epoch}: the radius of samples is {x.norm(dim=1).mean():.2f} on average, that of data 1")
