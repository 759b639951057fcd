"""REINFORCE without its minus."""
import torch
from torch import nn
from torch.distributions import Categorical
torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.Adam(policy.parameters(), 1e-2)
for episode in range(20):
    log_probs, rewards = [], []
    for t in range(12):
        state = torch.randn(4); dist = Categorical(logits=policy(state)); action = dist.sample()
        log_probs.append(dist.log_prob(action)); rewards.append(float((action == 1) == (state[0] > 0)))
    returns, total = [], 0.0
    for reward in reversed(rewards):
        total = reward + 0.9 * total; returns.insert(0, total)
    returns = torch.tensor(returns); returns = (returns - returns.mean()) / (returns.std() + 1e-6)
    loss = (torch.stack(log_probs) * returns).sum()  # bug
    loss = -(torch.stack(log_probs) * returns).sum()  # fix
    opt.zero_grad(); loss.backward(); opt.step()
