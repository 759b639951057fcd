"""A tied weight under a spectral norm, which counts each time that the weight is asked for."""

import torch
from torch import nn
from torch.nn.utils import parametrizations

torch.manual_seed(0)


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(8, 8), nn.Linear(8, 8)
        self.second.weight = self.first.weight
        parametrizations.spectral_norm(self.second)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


net = Tied()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(25):
    x = torch.randn(32, 8)
    loss = nn.functional.mse_loss(net(x), x.flip(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("loss", loss.item())
