"""Views of maps that keep what belongs together: groups of channels, bands within channels, steps that were moved."""
import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 24, 3, padding=1)
        self.scale = nn.Linear(8, 8)
        self.bands = nn.Conv1d(24 * 8, 16, 3, padding=1)
        self.rnn = nn.GRU(24 * 8, 16, batch_first=True)
        self.rows = nn.LSTM(24 * 12, 16, batch_first=True)
        self.flat = nn.Linear(24 * 8 * 12, 16)
        self.head = nn.Linear(64, 3)

    def forward(self, x):  # (N, 1, 8, 12)
        maps = self.conv(x)
        groups = maps.view(len(x), 8, -1)  # eight groups of three channels, and the map is 8 high by chance
        groups = (groups - groups.mean(2, keepdim=True)) / (groups.std(2, keepdim=True) + 1e-5)
        gate = self.scale(groups.abs().amax(2)).sigmoid()
        maps = (groups * gate[:, :, None]).view_as(maps).relu()
        along = self.bands(maps.view(len(x), 24 * 8, 12)).relu().amax(2)
        columns, _ = self.rnn(maps.view(len(x), 24 * 8, 12).transpose(1, 2))
        rows, _ = self.rows(maps.transpose(1, 2).reshape(len(x), 8, -1))
        flat = self.flat(maps.view(len(x), -1)).relu()
        return self.head(torch.cat([along, columns[:, -1], rows[:, -1], flat], 1))


y = torch.randint(0, 3, (600,))
x = torch.randn(600, 1, 8, 12) + torch.randn(3, 1, 8, 12)[y] * 0.6
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(4):
    for rows in torch.randperm(500).split(50):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print(epoch, f"{(net(x[500:]).argmax(1) == y[500:]).float().mean():.3f}")
