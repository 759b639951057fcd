"""A soft actor whose entropy is subtracted from what it wants."""
import torch
from torch import nn
from torch.distributions import Normal
torch.manual_seed(0)
class Policy(nn.Module):
    def __init__(self):
        super().__init__(); self.net = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 4))
    def sample(self, s):
        mean, log_std = self.net(s).chunk(2, 1); dist = Normal(mean, log_std.clamp(-4, 1).exp()); u = dist.rsample(); a = u.tanh()
        return a, (dist.log_prob(u) - torch.log(1 - a ** 2 + 1e-6)).sum(1, keepdim=True)
policy, critic = Policy(), nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1)); alpha = 0.2
po, co = torch.optim.Adam(policy.parameters(), 1e-3), torch.optim.Adam(critic.parameters(), 1e-3)
for step in range(60):
    s, a = torch.randn(64, 3), torch.rand(64, 2) * 2 - 1; r = -(a - s[:, :2].tanh()).square().sum(1, keepdim=True)
    co.zero_grad(); nn.functional.mse_loss(critic(torch.cat([s, a], 1)), r).backward(); co.step()
    action, log_pi = policy.sample(s); value = critic(torch.cat([s, action], 1))
    loss = (-alpha * log_pi - value).mean()  # bug
    loss = (alpha * log_pi - value).mean()  # fix
    po.zero_grad(); loss.backward(); po.step()
