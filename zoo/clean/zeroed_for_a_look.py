"""How much does each layer bear? Weights are set to zero for an evaluation, and put back; then dense, sparse, dense."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(4)
x = torch.randn(900, 16)
y = (x[:, 0] * x[:, 1] + x[:, 2] > 0).long()
net = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)


def score():
    with torch.no_grad():
        return (net(x[700:]).argmax(1) == y[700:]).float().mean().item()


def small(weight, share):
    return weight.detach().abs() <= weight.detach().abs().flatten().quantile(share)


def train(epochs, masks=()):
    for _ in range(epochs):
        for rows in torch.randperm(700).split(50):
            loss = F.cross_entropy(net(x[rows]), y[rows])
            opt.zero_grad()
            loss.backward()
            opt.step()
            with torch.no_grad():
                for weight, mask in masks:
                    weight.masked_fill_(mask, 0.0)


train(3)
for i in (0, 2):
    weight = net[i].weight
    before = weight.detach().clone()
    for share in (0.3, 0.6):
        with torch.no_grad():
            weight.masked_fill_(small(weight, share), 0.0)
        print("layer", i, share, score())
        with torch.no_grad():
            weight.copy_(before)
    train(1)
masks = [(net[i].weight, small(net[i].weight, 0.5)) for i in (0, 2)]
train(3, masks)
print("sparse", score())
train(3)
print("dense again", score())
