"""Pixels without a label count as mistakes in the accuracy."""
import torch
from torch import nn
torch.manual_seed(0)
images = torch.rand(96, 3, 16, 16); labels = (images.mean(1) > 0.5).long(); labels[:, :3] = 255
net = nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.ReLU(), nn.Conv2d(12, 2, 1)); opt = torch.optim.Adam(net.parameters(), 5e-3)
def accuracy(x, y):
    with torch.no_grad():
        best = net(x).argmax(1)
        return (best == y).float().mean().item()  # bug
        return (best == y)[y != 255].float().mean().item()  # fix
for epoch in range(6):
    for i in torch.randperm(64).split(16):
        loss = nn.functional.cross_entropy(net(images[i]), labels[i], ignore_index=255)
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, accuracy(images[64:80], labels[64:80]), accuracy(images[80:], labels[80:]))
