"""A vector-quantised autoencoder: a straight-through autograd function, a codebook that moves by averages."""
import torch
import torch.nn.functional as F
from torch import nn


class Quantise(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z, codes):
        nearest = torch.cdist(z, codes).argmin(1)
        ctx.mark_non_differentiable(nearest)
        return codes[nearest], nearest

    @staticmethod
    def backward(ctx, grad, _):
        return grad, None


class VQ(nn.Module):
    def __init__(self, n_in=12, dim=4, size=16):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(n_in, 32), nn.ReLU(), nn.Linear(32, dim))
        self.dec = nn.Sequential(nn.Linear(dim, 32), nn.ReLU(), nn.Linear(32, n_in))
        self.register_buffer("codes", torch.randn(size, dim) * 0.3)
        self.register_buffer("count", torch.ones(size))
        self.register_buffer("total", self.codes.clone())

    def forward(self, x):
        z = self.enc(x)
        q, nearest = Quantise.apply(z, self.codes)
        if self.training:
            self.move(z.detach(), nearest)
        return self.dec(q), z, q.detach()

    def move(self, z, nearest, decay=0.9):
        hot = F.one_hot(nearest, len(self.codes)).float()
        self.count.mul_(decay).add_(hot.sum(0), alpha=1 - decay)
        self.total.mul_(decay).add_(hot.T @ z, alpha=1 - decay)
        self.codes = self.total / (self.count + 1e-3)[:, None]


torch.manual_seed(0)
means = torch.randn(8, 12)
model = VQ()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for step in range(50):
    x = means[torch.randint(0, 8, (64,))] + 0.1 * torch.randn(64, 12)
    out, z, q = model(x)
    loss = F.mse_loss(out, x) + 0.25 * F.mse_loss(z, q)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 10 == 0:
        print(step, loss.item())
