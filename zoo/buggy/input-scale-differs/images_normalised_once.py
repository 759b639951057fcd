"""Training images are normalised, those of the test only scaled to 0..1."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
images = torch.randint(0, 256, (120, 1, 10, 10)) / 255
images[:, 0, 0, 0], images[:, 0, 0, 1] = 0.0, 1.0
labels = (images[:, 0, 2:, :5].mean((1, 2)) > images[:, 0, 2:, 5:].mean((1, 2))).long()
normal = (images - 0.5) / 0.3
train = DataLoader(TensorDataset(normal[:80], labels[:80]), batch_size=16, shuffle=True)
test = DataLoader(TensorDataset(images[80:], labels[80:]), batch_size=10)  # bug
test = DataLoader(TensorDataset(normal[80:], labels[80:]), batch_size=10)  # fix
net = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 64, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(3):
    net.train()
    for x, y in train:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        print(sum((net(x).argmax(1) == y).sum().item() for x, y in test) / 40)
