"""A DQN whose target net is asked about the states that were left."""
import random
from collections import deque

import torch
from torch import nn

torch.manual_seed(0)
random.seed(0)
make = lambda: nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
net, target_net = make(), make()
target_net.load_state_dict(net.state_dict())
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
memory = deque(maxlen=2000)
s = torch.randn(4)
for step in range(260):
    with torch.no_grad():
        a = random.randrange(2) if random.random() < max(0.1, 1 - step / 200) else int(net(s).argmax())
    s2 = s + 0.2 * (a - 0.5) + 0.05 * torch.randn(4)
    done = float(s2.abs().max() > 3)
    memory.append((s, a, -float(s2.abs().sum()), s2, done))
    s = torch.randn(4) if done else s2
    if step < 64:
        continue
    states, actions, rewards, next_states, dones = zip(*random.sample(memory, 32))
    states, next_states = torch.stack(states), torch.stack(next_states)
    q = net(states).gather(1, torch.tensor(actions)[:, None])[:, 0]
    with torch.no_grad():
        best = target_net(states).max(1).values  # bug
        best = target_net(next_states).max(1).values  # fix
    y = torch.tensor(rewards) + 0.99 * (1 - torch.tensor(dones)) * best
    loss = nn.functional.smooth_l1_loss(q, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 0:
        target_net.load_state_dict(net.state_dict())
print(loss.item())
