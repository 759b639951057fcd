"""A PPO agent whose evaluate() gives log-probabilities; the ratio is exp(old - new)."""
import torch
from torch import nn


class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.actor = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 2))
        self.critic = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))

    def evaluate(self, s, a):
        dist = torch.distributions.Categorical(logits=self.actor(s))
        return dist.log_prob(a), self.critic(s)[:, 0], dist.entropy()


class PPO:
    def __init__(self):
        self.policy = Agent()
        self.optimizer = torch.optim.Adam(self.policy.parameters(), lr=1e-3)
        self.eps_clip = 0.2

    def update(self, states, actions, old_logprobs, returns):
        for _ in range(4):
            logprobs, values, entropy = self.policy.evaluate(states, actions)
            advantages = returns - values.detach()
            log_ratio = old_logprobs - logprobs  # bug
            log_ratio = logprobs - old_logprobs  # fix
            ratios = log_ratio.exp()
            surr1 = ratios * advantages
            surr2 = ratios.clamp(1 - self.eps_clip, 1 + self.eps_clip) * advantages
            loss = -torch.min(surr1, surr2) + 0.5 * (values - returns) ** 2 - 0.01 * entropy
            self.optimizer.zero_grad()
            loss.mean().backward()
            self.optimizer.step()
        return loss.mean().item()


torch.manual_seed(0)
ppo = PPO()
for it in range(10):
    s = torch.randn(128, 4)
    with torch.no_grad():
        a = torch.distributions.Categorical(logits=ppo.policy.actor(s)).sample()
        old, _, _ = ppo.policy.evaluate(s, a)
    print(ppo.update(s, a, old, s[:, 0] * (2 * a - 1) + 0.1 * torch.randn(128)))
