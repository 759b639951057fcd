"""Frozen convolutions with batch norm under model.train()."""
import torch
from torch import nn

torch.manual_seed(0)


class Transfer(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(2))
        self.features.requires_grad_(False)
        self.head = nn.Linear(32, 3)

    def train(self, mode=True):
        super().train(mode)
        self.features.eval()  # fix
        return self

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


net = Transfer()
optimizer = torch.optim.Adam(net.head.parameters(), lr=1e-2)
net.train()
for _ in range(12):
    x = torch.rand(16, 1, 8, 8)
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), torch.randint(0, 3, (16,))).backward()
    optimizer.step()
