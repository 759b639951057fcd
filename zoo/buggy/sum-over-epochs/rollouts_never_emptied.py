"""PPO whose memory is never cleared: each update trains on the actions of all policies that came before."""
import torch
from torch import nn

torch.manual_seed(0)


class Memory:
    def __init__(self):
        self.states, self.actions, self.log_probs, self.rewards = [], [], [], []

    def clear(self):
        for kept in (self.states, self.actions, self.log_probs, self.rewards):
            kept.clear()


policy = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 2))
opt = torch.optim.Adam(policy.parameters(), lr=1e-3)
memory = Memory()
for update in range(10):
    state = torch.randn(4)
    for t in range(32):
        with torch.no_grad():
            dist = torch.distributions.Categorical(logits=policy(state))
            action = dist.sample()
        memory.states.append(state)
        memory.actions.append(action)
        memory.log_probs.append(dist.log_prob(action))
        state = state + 0.2 * (action - 0.5) + 0.05 * torch.randn(4)
        memory.rewards.append(-float(state.abs().sum()))
    g, returns = 0.0, []
    for r in reversed(memory.rewards):
        g = r + 0.9 * g
        returns.insert(0, g)
    returns = torch.tensor(returns)
    returns = (returns - returns.mean()) / returns.std()
    states, actions = torch.stack(memory.states), torch.stack(memory.actions)
    old = torch.stack(memory.log_probs)
    for _ in range(4):
        dist = torch.distributions.Categorical(logits=policy(states))
        ratio = (dist.log_prob(actions) - old).exp()
        loss = -torch.min(ratio * returns, ratio.clamp(0.8, 1.2) * returns).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    memory.clear()  # fix
print(loss.item())
