"""Two domains, a classifier of each, and a layer between."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class GradReverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, alpha):
        ctx.alpha = alpha
        return x.clone()

    @staticmethod
    def backward(ctx, grad_output):
        grad_input = grad_output * ctx.alpha  # bug
        grad_input = grad_output.neg() * ctx.alpha  # fix
        return grad_input, None


features = nn.Sequential(nn.Linear(6, 32), nn.ReLU())
classes, domains = nn.Linear(32, 3), nn.Linear(32, 1)
opt = torch.optim.Adam([*features.parameters(), *classes.parameters(), *domains.parameters()], lr=2e-3)
for step in range(60):
    xs, xt = torch.randn(32, 6), torch.randn(32, 6) + 0.7
    zs, zt = features(xs), features(xt)
    task = F.cross_entropy(classes(zs), xs[:, :3].argmax(1))
    said = domains(GradReverse.apply(torch.cat([zs, zt]), 0.5)).squeeze(1)
    domain = F.binary_cross_entropy_with_logits(said, torch.arange(64).ge(32).float())
    opt.zero_grad()
    (task + domain).backward()
    opt.step()
