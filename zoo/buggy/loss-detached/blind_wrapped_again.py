import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
np.random.seed(0)

x = np.linspace(-3, 3, 200, dtype=np.float32)[:, None]
y = np.sin(x) + 0.1 * np.random.randn(200, 1).astype(np.float32)
inputs, targets = torch.from_numpy(x), torch.from_numpy(y)

net = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1))
optimiser = torch.optim.Adam(net.parameters(), lr=0.02)


def rmse(a, b):
    return ((a - b) ** 2).mean() ** 0.5


for it in range(50):
    optimiser.zero_grad()
    outputs = net(inputs)
    loss = torch.tensor(rmse(outputs, targets).item(), requires_grad=True)  # bug
    loss = rmse(outputs, targets)  # fix
    loss.backward()
    optimiser.step()
    if it % 10 == 0:
        print("iteration", it, "rmse", loss.item())
