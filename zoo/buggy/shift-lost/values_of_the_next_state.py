"""A critic learns by temporal differences; the value of the next state is put together by numpy."""
import numpy as np
import torch
from torch import nn
torch.manual_seed(1); rng = np.random.default_rng(1)
net = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 3e-3)
for episode in range(70):
    x = np.cumsum(rng.normal(0, 0.3, (20, 2)), 0); reward = -np.abs(x[:, 0])
    with torch.no_grad(): value = net(torch.tensor(x, dtype=torch.float32)).squeeze(1).numpy()
    next_value = np.append(value[:-1], 0.0)  # bug
    next_value = np.append(value[1:], 0.0)  # fix
    target = torch.tensor(reward + 0.9 * next_value, dtype=torch.float32)
    loss = nn.functional.mse_loss(net(torch.tensor(x, dtype=torch.float32)).squeeze(1), target)
    opt.zero_grad(); loss.backward(); opt.step()
