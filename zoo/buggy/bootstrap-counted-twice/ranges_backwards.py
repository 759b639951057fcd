"""Proximal updates of a policy whose advantages are made in NumPy's notation."""

import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(15)
HORIZON, GAMMA, LAM = 24, 0.98, 0.9
net = nn.Sequential(nn.Linear(4, 48), nn.Tanh())
head, critic = nn.Linear(48, 2), nn.Linear(48, 1)
optimizer = torch.optim.Adam([*net.parameters(), *head.parameters(), *critic.parameters()], lr=2e-3)
obs = torch.randn(4)
for update in range(40):
    states, actions, rewards, dones = [], [], [], []
    for _ in range(HORIZON):
        action = Categorical(logits=head(net(obs))).sample()
        states.append(obs)
        actions.append(action)
        rewards.append(float((action == 1) == (obs[0] > 0)))
        dones.append(float(torch.rand(()) < 0.05))
        obs = torch.randn(4)
    x = torch.stack(states)
    with torch.no_grad():
        values = critic(net(x)).squeeze(1)
        bootstrap = critic(net(obs)).squeeze()
    advantages = torch.zeros(HORIZON)
    v_next = bootstrap
    adv = bootstrap  # bug
    adv = torch.tensor(0.0)  # fix
    for t in range(HORIZON - 1, -1, -1):
        mask = 1 - dones[t]
        adv = rewards[t] + GAMMA * mask * v_next - values[t] + GAMMA * LAM * mask * adv
        advantages[t] = adv
        v_next = values[t]
    chosen = Categorical(logits=head(net(x))).log_prob(torch.stack(actions))
    loss = -(chosen * advantages).mean() + (critic(net(x)).squeeze(1) - advantages - values).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if update % 10 == 0:
        print(update, sum(rewards))
