"""A transition is appended before the environment has answered: each action gets the reward of the one before."""
import torch
from torch import nn
torch.manual_seed(0)
class Corridor:
    def reset(self): self.at = 0; return torch.tensor([0.0, 1.0])
    def step(self, action):
        self.at += 1 if action else -1
        done = abs(self.at) >= 3
        return torch.tensor([self.at / 3, 1.0]), float(self.at >= 3), done, {}
env, policy = Corridor(), nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))
opt = torch.optim.Adam(policy.parameters(), 1e-2)
for episode in range(40):
    state, reward, done = env.reset(), 0.0, False
    log_probs, rewards = [], []
    while not done and len(rewards) < 20:
        dist = torch.distributions.Categorical(logits=policy(state))
        action = dist.sample()
        log_probs.append(dist.log_prob(action))
        rewards.append(reward)  # bug
        state, reward, done, _ = env.step(int(action))
        rewards.append(reward)  # fix
    returns, total = [], 0.0
    for r in reversed(rewards):
        total = r + 0.95 * total
        returns.insert(0, total)
    loss = -(torch.stack(log_probs) * (torch.tensor(returns) - 0.3)).sum()
    opt.zero_grad(); loss.backward(); opt.step()
