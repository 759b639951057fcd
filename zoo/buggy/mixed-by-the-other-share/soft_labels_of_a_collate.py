"""A function that puts batches together mixes pictures and their one-hot labels."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, default_collate

torch.manual_seed(0)
CLASSES = 3
beta = torch.distributions.Beta(0.3, 0.3)


def mixing(samples):
    images, targets = default_collate(samples)
    targets = F.one_hot(targets, CLASSES).float()
    w = beta.sample()
    images, targets = images * w + images.flip(0) * (1 - w), targets * (1 - w) + targets.flip(0) * w  # bug
    images, targets = images * w + images.flip(0) * (1 - w), targets * w + targets.flip(0) * (1 - w)  # fix
    return images, targets


kinds = torch.randint(CLASSES, (480,))
images = torch.randn(480, 1, 8, 8) + torch.randn(CLASSES, 1, 8, 8)[kinds]
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(512, CLASSES))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(4):
    for a, b in DataLoader(TensorDataset(images, kinds), batch_size=32, shuffle=True, collate_fn=mixing):
        loss = F.cross_entropy(net(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
