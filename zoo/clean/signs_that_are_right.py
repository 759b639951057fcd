"""Signs that look turned: a reversal by a negative factor, a cost that is made rare, divergences with two scales."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Scaled(torch.autograd.Function):
    """A reversal where its factor is below 0."""

    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):
        return ctx.factor * grad, None


class GradReverse(Scaled):
    pass


def reverse(x, factor):
    return GradReverse.apply(x, -factor)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 32), nn.ReLU())
        self.mean, self.log_var, self.side, self.act = (nn.Linear(32, n) for n in (1, 1, 1, 3))

    def forward(self, x):
        h = self.body(x)
        return self.mean(h), self.log_var(h).clamp(-4, 4), self.side(reverse(h, 0.3)), self.act(h)


net = Net()
opt = torch.optim.Adam(net.parameters(), 2e-3)
for step in range(60):
    x = torch.randn(48, 6)
    mean, log_var, side, act = net(x)
    y = x[:, :1] + 0.2 * torch.randn(48, 1)
    fit = (0.5 * (y - mean) ** 2 * torch.exp(-log_var) + 0.5 * log_var).mean()
    prior = -0.5 * (1 + log_var - mean.pow(2) - log_var.exp()).mean()
    apart = F.binary_cross_entropy_with_logits(side, (x[:, 1:2] > 0).float())
    chosen = torch.distributions.Categorical(logits=act)
    action = chosen.sample()
    cost = (action.float() - x[:, 2].sign()).abs()
    cost = cost - cost.mean()
    loss = fit + 0.01 * prior + apart + (chosen.log_prob(action) * cost).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
