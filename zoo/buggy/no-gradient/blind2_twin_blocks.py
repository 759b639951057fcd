import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class ResBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv1 = nn.Conv2d(c, c, 3, padding=1)
        self.norm1 = nn.GroupNorm(4, c)
        self.conv2 = nn.Conv2d(c, c, 3, padding=1)
        self.norm2 = nn.GroupNorm(4, c)

    def forward(self, x):
        h = torch.relu(self.norm1(self.conv1(x)))
        return torch.relu(x + self.norm2(self.conv2(h)))


class SmallResNet(nn.Module):
    def __init__(self, c=16, classes=10):
        super().__init__()
        self.stem = nn.Conv2d(1, c, 3, padding=1)
        self.block_a, self.block_b = ResBlock(c), ResBlock(c)
        self.pool = nn.AdaptiveAvgPool2d(2)
        self.fc = nn.Linear(4 * c, classes)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        x = nn.functional.max_pool2d(self.block_a(x), 2)
        x = self.block_a(x)  # bug
        x = self.block_b(x)  # fix
        return self.fc(self.pool(x).flatten(1))


torch.manual_seed(149)
d = load_digits()
x, y = torch.tensor(d.images / 16).float().unsqueeze(1), torch.tensor(d.target)
a, b = train_test_split(torch.arange(len(y)).numpy(), test_size=0.2, random_state=149, stratify=d.target)
net = SmallResNet()
opt = torch.optim.AdamW(net.parameters(), lr=2e-3)
for epoch in range(4):
    net.train()
    total = 0.0
    for xb, yb in DataLoader(TensorDataset(x[a], y[a]), batch_size=48, shuffle=True):
        loss = nn.functional.cross_entropy(net(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    net.eval()
    with torch.no_grad():
        print(epoch, round(total / 30, 3), (net(x[b]).argmax(1) == y[b]).float().mean().item())
