import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(0)
torch.manual_seed(0)

# three kinds of signals from two sensors, 20 time steps
kinds = rng.integers(0, 3, size=360)
t = np.linspace(0, 1, 20)
freq = np.array([1, 2, 4])[kinds]
phase = rng.uniform(0, 2 * np.pi, size=360)
wave = np.stack([np.sin(2 * np.pi * freq[:, None] * t + phase[:, None]),
                 np.cos(2 * np.pi * freq[:, None] * t + phase[:, None])], axis=-1)
X = torch.tensor(wave + 0.1 * rng.normal(size=wave.shape), dtype=torch.float32)
Y = torch.tensor(kinds)


class GRUNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(2, 24)
        self.fc = nn.Linear(24, 3)

    def forward(self, x):
        n, steps, c = x.shape
        x = x.reshape(steps, n, c)  # bug
        x = x.permute(1, 0, 2)  # fix
        out, _ = self.rnn(x)
        return self.fc(out[-1])


model = GRUNet()
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(6):
    shuffled = torch.randperm(len(X))
    for i in range(0, len(X), 60):
        rows = shuffled[i:i + 60]
        loss = nn.functional.cross_entropy(model(X[rows]), Y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print("epoch", epoch, "loss", round(loss.item(), 3))
