import torch
import torch.nn as nn
import torch.nn.functional as F


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 60)  # fix
        self.fc1 = nn.Linear(16 * 5, 60)  # bug
        self.fc2 = nn.Linear(60, 4)

    def forward(self, x):
        x = F.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = F.max_pool2d(torch.relu(self.conv2(x)), 2)
        x = x.view(-1, 16 * 5)  # bug
        x = x.view(-1, 16 * 5 * 5)  # fix
        x = torch.relu(self.fc1(x))
        return self.fc2(x)


torch.manual_seed(0)
y = torch.randint(0, 4, (120,))
x = torch.rand(120, 1, 28, 28) * 0.5
for k in range(4):
    x[y == k, :, 14 * (k // 2):14 * (k // 2) + 14, 14 * (k % 2):14 * (k % 2) + 14] += 0.35

net = LeNet()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(5):
    for rows in torch.randperm(120).split(24):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
