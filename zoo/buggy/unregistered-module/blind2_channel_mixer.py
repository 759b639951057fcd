import torch
import torch.nn as nn
import torch.nn.functional as F


class SqueezeExcite(nn.Module):
    def __init__(self, channels, r=2):
        super().__init__()
        self.channels, self.r = channels, r
        self.down = nn.Linear(channels, channels // r)  # fix
        self.up = nn.Linear(channels // r, channels)

    def forward(self, x):
        s = x.mean(dim=2)
        s = F.relu(nn.Linear(self.channels, self.channels // self.r)(s))  # bug
        s = F.relu(self.down(s))  # fix
        return x * torch.sigmoid(self.up(s)).unsqueeze(2)


class EventNet(nn.Module):
    def __init__(self, n_channels=6, n_classes=3):
        super().__init__()
        self.conv1 = nn.Conv1d(n_channels, 16, kernel_size=5, padding=2)
        self.se = SqueezeExcite(16)
        self.conv2 = nn.Conv1d(16, 24, kernel_size=5, padding=2)
        self.fc = nn.Linear(24, n_classes)

    def forward(self, x):
        x = F.max_pool1d(F.relu(self.conv1(x)), 2)
        x = F.relu(self.conv2(self.se(x)))
        return self.fc(x.mean(dim=2))


def events(n):
    x = torch.randn(n, 6, 32)
    y = torch.randint(3, (n,))
    t = torch.arange(32.0)
    centre = torch.randint(8, 24, (n, 1))
    bump = torch.exp(-((t - centre) ** 2) / 8.0)
    shapes = torch.stack([bump, bump * torch.cos(t), -bump], dim=1)
    x[:, 2] += 3 * shapes[torch.arange(n), y]
    x[:, 4] += 2 * shapes[torch.arange(n), y]
    return x, y


torch.manual_seed(53)
x_train, y_train = events(900)
x_test, y_test = events(300)
model = EventNet()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(7):
    model.train()
    epoch_loss = 0
    for i in torch.randperm(900).split(45):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x_train[i]), y_train[i])
        loss.backward()
        optimizer.step()
        epoch_loss += loss.item() / 20
    print("Epoch %d: loss %.3f" % (epoch, epoch_loss))

model.eval()
with torch.no_grad():
    print("Test accuracy %.3f" % (model(x_test).argmax(1) == y_test).float().mean().item())
