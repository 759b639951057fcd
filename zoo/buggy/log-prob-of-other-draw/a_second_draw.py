"""REINFORCE: the action that is stepped with is one draw, its log-probability that of another."""
import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 2))
opt = torch.optim.Adam(policy.parameters(), lr=5e-3)
for episode in range(30):
    s, log_probs, rewards = torch.randn(4), [], []
    for t in range(15):
        dist = torch.distributions.Categorical(logits=policy(s))
        action = dist.sample()
        log_probs.append(dist.log_prob(dist.sample()))  # bug
        log_probs.append(dist.log_prob(action))  # fix
        s = s + 0.2 * (action.item() - 0.5) + 0.02 * torch.randn(4)
        rewards.append(-float(s.abs().mean()))
    g, returns = 0.0, []
    for r in reversed(rewards):
        g = r + 0.95 * g
        returns.insert(0, g)
    returns = torch.tensor(returns)
    returns = (returns - returns.mean()) / (returns.std() + 1e-8)
    loss = -(torch.stack(log_probs) * returns).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
