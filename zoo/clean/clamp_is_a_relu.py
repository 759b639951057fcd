"""Two layers with a clamp between them, which bends values as a ReLU does."""

import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(20, 50), nn.Linear(50, 3)

    def forward(self, x):
        return self.second(self.first(x).clamp(min=0))


net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for step in range(40):
    x = torch.randn(32, 20)
    loss = nn.functional.mse_loss(net(x), x[:, :3].abs())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
