"""A walker on a line learns to stand at 0.5; by and by it is to explore less."""

import random

import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
random.seed(0)
rng = np.random.default_rng(0)
eps, eps_end, decay = 1.0, 0.05, 0.9
q_net = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 2))
optimiser = torch.optim.Adam(q_net.parameters(), lr=2e-3)
memory = []
for episode in range(20):
    state = rng.uniform(-1, 1, 2).astype(np.float32)
    total = 0.0
    for _ in range(20):
        if random.random() < eps:
            action = random.randrange(2)
        else:
            action = int(q_net(torch.from_numpy(state)).argmax())
        following = (state + np.array([0.1 if action else -0.1, 0.0], dtype=np.float32)).clip(-1, 1)
        reward = -abs(float(following[0]) - 0.5)
        memory.append((state, action, reward, following))
        state, total = following, total + reward
        if len(memory) >= 64:
            s, a, r, s2 = zip(*random.sample(memory, 64), strict=True)
            with torch.no_grad():
                target = torch.tensor(r) + 0.9 * q_net(torch.from_numpy(np.stack(s2))).max(1).values
            now = q_net(torch.from_numpy(np.stack(s))).gather(1, torch.tensor(a)[:, None])[:, 0]
            loss = nn.functional.mse_loss(now, target)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    epsilon = max(eps_end, eps * decay)  # bug
    eps = max(eps_end, eps * decay)  # fix
    print(episode, round(total, 2))
