"""The ratio of PPO is taken of the policy with itself."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(4)
from torch.distributions import Categorical
class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.base = nn.Sequential(nn.Linear(8, 32), nn.Tanh())
        self.pi, self.v = nn.Linear(32, 3), nn.Linear(32, 1)
    def forward(self, x):
        h = self.base(x)
        return Categorical(logits=self.pi(h)), self.v(h).squeeze(-1)

net = ActorCritic()
opt = torch.optim.Adam(net.parameters(), lr=3e-4, eps=1e-5)
for update in range(12):
    obs = torch.randn(128, 8)
    with torch.no_grad():
        dist, values = net(obs)
        actions = dist.sample()
        old_logp = dist.log_prob(actions)
    rewards = (actions == (obs[:, 0] > 0).long()).float()
    adv = rewards - values
    returns = rewards
    for epoch in range(4):
        for mb in torch.randperm(128).split(32):
            dist, v = net(obs[mb])
            logp = dist.log_prob(actions[mb])
            ratio = (logp - logp.detach()).exp()  # bug
            ratio = (logp - old_logp[mb]).exp()  # fix
            a = (adv[mb] - adv[mb].mean()) / (adv[mb].std() + 1e-8)
            pg = -torch.min(ratio * a, ratio.clamp(0.8, 1.2) * a).mean()
            loss = pg + 0.5 * F.mse_loss(v, returns[mb]) - 0.01 * dist.entropy().mean()
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 0.5)
            opt.step()
