"""A bandit with continuous actions: the density of the old policy is computed again in each pass."""
import torch
from torch import nn
from torch.distributions import Normal

torch.manual_seed(9)
policy = nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(policy.parameters(), lr=3e-3)


def density(state, action):
    return Normal(policy(state), 0.4).log_prob(action)


for round_ in range(12):
    state = torch.randint(0, 2, (40, 2)).float()
    with torch.no_grad():
        action = Normal(policy(state), 0.4).sample()
        kept = density(state, action)
    gain = -(action - state.sum(1, keepdim=True)).square()
    gain = (gain - gain.mean()) / gain.std()
    for _ in range(3):
        kept = density(state, action)  # bug
        change = (density(state, action) - kept).exp()
        loss = -torch.minimum(change * gain, change.clamp(0.8, 1.2) * gain).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(round_, loss.item())
