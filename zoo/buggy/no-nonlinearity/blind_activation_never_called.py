import math

import torch
import torch.nn as nn


class FeedForward(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super(FeedForward, self).__init__()
        self.fc1 = nn.Linear(n_in, n_hidden)
        self.fc2 = nn.Linear(n_hidden, n_hidden)
        self.fc3 = nn.Linear(n_hidden, n_out)
        self.act = nn.ReLU()

    def forward(self, x):
        x = self.fc1(x)  # bug
        x = self.fc2(x)  # bug
        x = self.act(self.fc1(x))  # fix
        x = self.act(self.fc2(x))  # fix
        return self.fc3(x)


def wave(n):
    u = torch.rand(n, 2) * 2 - 1
    return u, torch.sin(math.pi * u[:, :1]) * u[:, 1:] + 0.5 * u[:, :1]


torch.manual_seed(0)
ffn = FeedForward(2, 40, 1)
optimizer = torch.optim.Adam(ffn.parameters(), lr=5e-3)
mse = nn.MSELoss()
for it in range(60):
    u, z = wave(128)
    optimizer.zero_grad()
    loss = mse(ffn(u), z)
    loss.backward()
    optimizer.step()
    if it % 20 == 0:
        print(it, loss.item())
