"""Q-learning from recorded transitions, with a copy that gives the targets and is renewed every fifty steps."""

import copy

import torch
from torch import nn

torch.manual_seed(0)
GAMMA = 0.9
state = torch.randn(2000, 4)
action = torch.randint(0, 3, (2000,))
following = 0.9 * state + 0.1 * torch.randn(2000, 4)
reward = state[:, 0] * (action - 1)

q_net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3))
target_net = copy.deepcopy(q_net)
optimiser = torch.optim.Adam(q_net.parameters(), lr=1e-3)
for step in range(300):
    at = torch.randint(0, 2000, (64,))
    with torch.no_grad():
        target = reward[at] + GAMMA * target_net(following[at]).max(1).values
    now = q_net(state[at]).gather(1, action[at, None]).squeeze(1)
    loss = nn.functional.smooth_l1_loss(now, target)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    if step % 50 == 0:
        q_net.load_state_dict(target_net.state_dict())  # bug
        target_net.load_state_dict(q_net.state_dict())  # fix
        print(step, round(loss.item(), 4))
