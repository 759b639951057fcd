"""The target entropy of a temperature stands as a number in its loss, which has lost its minus."""
import torch
from torch import nn
torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 2)); critic = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1)); log_alpha = torch.zeros(1, requires_grad=True)
oa, oc, ot = torch.optim.Adam(actor.parameters(), 1e-3), torch.optim.Adam(critic.parameters(), 1e-3), torch.optim.Adam([log_alpha], 3e-3)
for step in range(60):
    s, a = torch.randn(64, 3), torch.rand(64, 1) * 2 - 1; r = -(a - s[:, :1].tanh()).square()
    oc.zero_grad(); nn.functional.mse_loss(critic(torch.cat([s, a], 1)), r).backward(); oc.step()
    mean, spread = actor(s).chunk(2, 1); dist = torch.distributions.Normal(mean, spread.clamp(-4, 1).exp()); u = dist.rsample(); drawn = u.tanh()
    logp = (dist.log_prob(u) - torch.log(1 - drawn ** 2 + 1e-6)).sum(1, keepdim=True)
    loss = (log_alpha.exp().detach() * logp - critic(torch.cat([s, drawn], 1))).mean()
    oa.zero_grad(); loss.backward(); oa.step()
    loss_alpha = (log_alpha * (logp.detach() - 1.0)).mean()  # bug
    loss_alpha = -(log_alpha * (logp.detach() - 1.0)).mean()  # fix
    ot.zero_grad(); loss_alpha.backward(); ot.step()
