"""A policy that ends in a softmax, and a distribution that is given it as logits."""
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 3), nn.Softmax(dim=-1))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
for _ in range(20):
    state = torch.randn(32, 4)
    choice = Categorical(logits=policy(state))  # bug
    choice = Categorical(probs=policy(state))  # fix
    action = choice.sample()
    gain = state.gather(1, action[:, None]).squeeze(1)
    optimizer.zero_grad()
    (-choice.log_prob(action) * gain).mean().backward()
    optimizer.step()
