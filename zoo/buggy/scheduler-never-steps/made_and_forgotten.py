"""A classifier with a cosine schedule."""

import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


def main(epochs=6):
    x = torch.randn(800, 8)
    y = (x @ torch.randn(8) > 0).long()
    loader = DataLoader(TensorDataset(x[:640], y[:640]), batch_size=32, shuffle=True)
    net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    scheduler = CosineAnnealingLR(optimiser, T_max=epochs)
    for epoch in range(epochs):
        net.train()
        for features, kind in loader:
            loss = nn.functional.cross_entropy(net(features), kind)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        net.eval()
        with torch.no_grad():
            score = (net(x[640:]).argmax(1) == y[640:]).float().mean().item()
        rate = scheduler.get_last_lr()[0]  # bug
        rate = scheduler.get_last_lr()[0]  # fix
        scheduler.step()  # fix
        print(epoch, round(loss.item(), 3), round(score, 3), rate)


main()
