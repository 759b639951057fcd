"""A DQN that acts at random where random() is above epsilon; epsilon falls."""
import random

import torch
from torch import nn

torch.manual_seed(0)
random.seed(0)
make = lambda: nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3))
net, target = make(), make()
target.load_state_dict(net.state_dict())
opt = torch.optim.Adam(net.parameters(), lr=1e-3)


def select_action(state, epsilon):
    if random.random() > epsilon:  # bug
    if random.random() < epsilon:  # fix
        return random.randrange(3)
    with torch.no_grad():
        return net(state.unsqueeze(0)).argmax(1).item()


memory, s, eps = [], torch.randn(4), 1.0
for step in range(250):
    a = select_action(s, eps)
    eps = max(0.05, eps * 0.99)
    s2 = s + 0.2 * (a - 1) + 0.05 * torch.randn(4)
    done = float(s2.abs().max() > 3)
    memory.append((s, a, -float(s2.abs().sum()), s2, done))
    s = torch.randn(4) if done else s2
    if len(memory) < 64:
        continue
    S, A, R, S2, D = zip(*random.sample(memory, 32))
    S, A, R, S2, D = torch.stack(S), torch.tensor(A), torch.tensor(R), torch.stack(S2), torch.tensor(D)
    with torch.no_grad():
        y = R + 0.95 * (1 - D) * target(S2).max(1).values
    loss = nn.functional.smooth_l1_loss(net(S).gather(1, A[:, None])[:, 0], y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 40 == 0:
        target.load_state_dict(net.state_dict())
print(loss.item())
