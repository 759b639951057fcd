"""After a first task, a bottleneck beside a frozen layer is trained for the second one."""
import torch
from torch import nn

torch.manual_seed(4)


class Bottleneck(nn.Module):
    def __init__(self, layer, width):
        super().__init__()
        self.layer = layer.requires_grad_(False)
        self.up = nn.Parameter(torch.zeros(width, layer.out_features))
        self.down = nn.Parameter(torch.zeros(layer.in_features, width))  # bug
        self.down = nn.Parameter(torch.randn(layer.in_features, width) * 0.3)  # fix

    def forward(self, x):
        return self.layer(x) + x @ self.down @ self.up


def fit(net, x, y, steps):
    optimizer = torch.optim.Adam([each for each in net.parameters() if each.requires_grad], lr=5e-3)
    for step in range(steps):
        rows = torch.randint(0, len(x), (50,))
        loss = nn.functional.mse_loss(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(loss.item())


x = torch.randn(500, 8)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
fit(net, x, x[:, :1] * 2, 80)
net[0] = Bottleneck(net[0], 3)
fit(net, x, x[:, 1:2].abs(), 80)
