"""A rollout buffer that computes its own advantages; the world begins anew within the rollout."""
import torch
from torch import nn


class Buffer:
    def __init__(self, steps, gamma=0.99, gae_lambda=0.95):
        self.steps, self.gamma, self.gae_lambda = steps, gamma, gae_lambda
        self.obs, self.acts = torch.zeros(steps, 3), torch.zeros(steps, dtype=torch.long)
        self.rews, self.vals, self.dones = (torch.zeros(steps) for _ in range(3))

    def finish(self, last_value):
        self.adv = torch.zeros(self.steps)
        last_gae = 0.0
        for t in reversed(range(self.steps)):
            next_value = last_value if t == self.steps - 1 else self.vals[t + 1]
            not_done = 1.0 - self.dones[t]
            delta = self.rews[t] + self.gamma * next_value * not_done - self.vals[t]
            last_gae = delta + self.gamma * self.gae_lambda * last_gae  # bug
            last_gae = delta + self.gamma * self.gae_lambda * not_done * last_gae  # fix
            self.adv[t] = last_gae
        return self.adv


torch.manual_seed(8)
actor, critic = nn.Linear(3, 3), nn.Linear(3, 1)
opt = torch.optim.SGD([*actor.parameters(), *critic.parameters()], lr=0.02)
obs = torch.randn(3)
for round_ in range(60):
    buffer = Buffer(24)
    for t in range(24):
        with torch.no_grad():
            act = torch.distributions.Categorical(logits=actor(obs)).sample()
            buffer.obs[t], buffer.acts[t], buffer.vals[t] = obs, act, critic(obs)[0]
        buffer.rews[t] = float(act == obs.argmax())
        done = torch.rand(()) < 0.2
        buffer.dones[t] = float(done)
        obs = torch.randn(3) if done else 0.8 * obs + 0.3 * torch.randn(3)
    with torch.no_grad():
        adv = buffer.finish(critic(obs)[0])
    logp = actor(buffer.obs).log_softmax(1).gather(1, buffer.acts[:, None])[:, 0]
    loss = -(logp * adv).mean() + (critic(buffer.obs)[:, 0] - adv - buffer.vals).pow(2).mean()
    opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
