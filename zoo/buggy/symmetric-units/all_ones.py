"""Every weight begins with the same number."""
import torch
from torch import nn

torch.manual_seed(0)


def start(layer):
    if isinstance(layer, (nn.Conv2d, nn.Linear)):
        nn.init.constant_(layer.weight, 0.1)  # bug
        nn.init.normal_(layer.weight, std=0.1)  # fix
        nn.init.zeros_(layer.bias)


net = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 36, 2)).apply(start)
optimizer = torch.optim.SGD(net.parameters(), lr=1e-2)
for _ in range(15):
    x = torch.randn(12, 1, 8, 8)
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), (x[:, 0, :4].mean((1, 2)) > 0).long()).backward()
    optimizer.step()
