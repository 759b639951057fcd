"""A flow that turns noise into draws of a density that is known up to a factor: reverse Kullback-Leibler divergence."""
import torch
from torch import nn

torch.manual_seed(0)


class Planar(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.u, self.w, self.b = (nn.Parameter(0.1 * torch.randn(size)) for size in (width, width, 1))

    def forward(self, z):
        inner = (self.w * self.u).sum()
        u = self.u + (nn.functional.softplus(inner) - 1 - inner) * self.w / self.w.square().sum()
        hidden = torch.tanh(z @ self.w + self.b)
        slope = (1 - hidden.square())[:, None] * self.w
        return z + hidden[:, None] * u, (1 + slope @ u).abs().log()


def energy(x):
    return (x[:, 0] - x[:, 1].square()).square() + 0.5 * x[:, 1].square()


flow = nn.ModuleList(Planar(2) for _ in range(6))
base = torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2))
opt = torch.optim.Adam(flow.parameters(), 5e-3)
for step in range(80):
    x = base.sample((128,))
    log_q = base.log_prob(x)
    for layer in flow:
        x, log_det = layer(x)
        log_q = log_q - log_det
    loss = (log_q + energy(x)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, round(loss.item(), 3))
