"""REINFORCE as the well-known example writes it, terms in a list."""
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 3))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)


def run(length=12):
    place, log_probs, rewards = torch.zeros(1), [], []
    for t in range(length):
        dist = Categorical(logits=policy(torch.cat([place, torch.tensor([t / length])])))
        action = dist.sample()
        place = place + 0.3 * (action - 1)
        log_probs.append(dist.log_prob(action))
        rewards.append(-abs(float(place) - 1))
    return log_probs, rewards


for episode in range(80):
    log_probs, rewards = run()
    returns, R = [], 0.0
    for r in reversed(rewards):
        R = r + 0.95 * R
        returns.insert(0, R)
    returns = torch.tensor(returns)
    returns = (returns - returns.mean()) / (returns.std() + 1e-6)
    policy_loss = []
    for log_prob, R in zip(log_probs, returns):
        policy_loss.append(log_prob * R)  # bug
        policy_loss.append(-log_prob * R)  # fix
    optimizer.zero_grad()
    policy_loss = torch.stack(policy_loss).sum()
    policy_loss.backward()
    optimizer.step()
