"""Large volumes, so only two fit a batch; a norm over the batch follows the pooling."""
import torch
from torch import nn

torch.manual_seed(0)


class VolumeNet(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv3d(1, width, 3, padding=1), nn.ReLU(),
            nn.Conv3d(width, 2 * width, 3, stride=2, padding=1), nn.ReLU(),
            nn.AdaptiveAvgPool3d(1), nn.Flatten(),
        )
        self.norm = nn.BatchNorm1d(2 * width)  # bug
        self.norm = nn.LayerNorm(2 * width)  # fix
        self.head = nn.Linear(2 * width, 2)

    def forward(self, x):
        return self.head(torch.relu(self.norm(self.features(x))))


y = torch.randint(0, 2, (40,))
x = torch.randn(40, 1, 8, 8, 8) * 0.5
x[y == 1, :, 2:6, 2:6, 2:6] += 1.0
x[y == 0, :, 2:6, 2:6, 2:6] -= 0.5

net = VolumeNet()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(3):
    net.train()
    total = 0.0
    for rows in torch.randperm(40).split(2):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        loss.backward()
        opt.step()
        total += loss.item() / 20
    print(epoch, total)
