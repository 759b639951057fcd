"""REINFORCE on a walk of ten signals; the returns stay in the order in which they were summed up."""
import torch
import torch.nn as nn

torch.manual_seed(2)
actor = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(actor.parameters(), lr=5e-3)
GAMMA = 0.5


def play():
    log_probs, rewards = [], []
    for _ in range(10):
        signal = torch.randn(3)
        choice = torch.distributions.Categorical(logits=actor(signal))
        action = choice.sample()
        log_probs.append(choice.log_prob(action))
        rewards.append(float(action == (signal[0] > 0)))
    return torch.stack(log_probs), rewards


for episode in range(60):
    log_probs, rewards = play()
    R, returns = 0.0, []
    for r in reversed(rewards):
        R = r + GAMMA * R
        returns.append(R)  # bug
        returns.insert(0, R)  # fix
    returns = torch.tensor(returns)
    loss = -(log_probs * (returns - returns.mean())).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(sum(rewards))
