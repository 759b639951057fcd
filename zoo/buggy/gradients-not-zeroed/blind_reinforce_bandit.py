import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical

rng = np.random.default_rng(3)
torch.manual_seed(3)

N_ARMS, N_CONTEXT = 4, 6
true_w = rng.normal(size=(N_CONTEXT, N_ARMS))

policy = nn.Sequential(nn.Linear(N_CONTEXT, 20), nn.Tanh(), nn.Linear(20, N_ARMS))
optimizer = torch.optim.Adam(policy.parameters(), lr=0.01)
baseline = 0.0

for episode in range(60):
    context = rng.normal(size=(32, N_CONTEXT))
    dist = Categorical(logits=policy(torch.as_tensor(context, dtype=torch.float32)))
    action = dist.sample()
    reward = (context @ true_w)[np.arange(32), action.numpy()] + rng.normal(size=32) * 0.1
    advantage = torch.as_tensor(reward - baseline, dtype=torch.float32)
    loss = -(dist.log_prob(action) * advantage).mean() - 0.01 * dist.entropy().mean()
    optimizer.zero_grad()  # fix
    loss.backward()
    optimizer.step()
    baseline = 0.9 * baseline + 0.1 * reward.mean()
    if episode % 15 == 0:
        print(episode, "reward", round(float(reward.mean()), 3))
