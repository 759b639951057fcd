"""A conditional flow with guidance in its sampler; every training row has its class."""
import torch
from torch import nn
class Flow(nn.Module):
    def __init__(self, classes=3):
        super().__init__(); self.classes = classes; self.tag = nn.Embedding(classes + 1, 8); self.body = nn.Sequential(nn.Linear(11, 64), nn.ReLU(), nn.Linear(64, 2))
    def forward(self, x, t, c): return self.body(torch.cat([x, t, self.tag(c)], 1))
    @torch.no_grad()
    def draw(self, c, strength=2.0, steps=20):
        x = torch.randn(len(c), 2); nothing = torch.full_like(c, self.classes)
        for i in range(steps):
            t = torch.full((len(c), 1), i / steps)
            with_class, without_class = self(x, t, c), self(x, t, nothing)
            x = x + (without_class + strength * (with_class - without_class)) / steps
        return x
torch.manual_seed(0)
kinds = torch.randint(0, 3, (600,)); centers = torch.tensor([[2.0, 0.0], [-1.0, 1.7], [-1.0, -1.7]]); points = centers[kinds] + 0.2 * torch.randn(600, 2)
flow = Flow(); opt = torch.optim.Adam(flow.parameters(), 2e-3)
for epoch in range(8):
    for b in torch.randperm(600).split(60):
        begin, t, c = torch.randn(60, 2), torch.rand(60, 1), kinds[b]
        c = torch.where(torch.rand(60) < 0.15, 3, c)  # fix
        loss = (flow((1 - t) * begin + t * points[b], t, c) - (points[b] - begin)).square().mean(); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item(), (flow.draw(kinds[:50]) - centers[kinds[:50]]).norm(dim=1).mean().item())
