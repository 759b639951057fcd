"""A small convolutional net loses the smallest half of its weights, and is tuned for two epochs more."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(5)
kinds = torch.randn(3, 1, 8, 8)
y = torch.arange(600) % 3
x = kinds[y] + 0.9 * torch.randn(600, 1, 8, 8)
net = nn.Sequential(
    nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(12, 24, 3), nn.ReLU(), nn.Flatten(),
    nn.Linear(24 * 4, 3),
)


def thin(share=0.5):
    masks = {}
    for name, p in net.named_parameters():
        if p.dim() > 1:
            limit = p.detach().abs().flatten().quantile(share)
            masks[name] = (p.detach().abs() > limit).float()
    return masks


def put_on(masks):
    for name, p in net.named_parameters():
        if name in masks:
            p.data = p.data * masks[name]


def epochs(count, lr, masks=None):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)
    for _ in range(count):
        for rows in torch.randperm(480).split(32):
            loss = F.cross_entropy(net(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if masks: put_on(masks)  # fix
        with torch.no_grad():
            print("accuracy", (net(x[480:]).argmax(1) == y[480:]).float().mean().item())


epochs(3, 0.02)
masks = thin()
put_on(masks)
epochs(2, 0.005, masks)
zeros = sum((p == 0).sum().item() for p in net.parameters())
print("zeros", zeros)
