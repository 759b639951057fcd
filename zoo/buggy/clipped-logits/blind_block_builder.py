import torch
from torch import nn


def mlp(sizes, norm=False):
    layers = []
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        layers.append(nn.Linear(a, b))
        if norm and i < len(sizes) - 2:
            layers.append(nn.LayerNorm(b))
        if i < len(sizes) - 2:  # fix
            layers.append(nn.ReLU(inplace=True))  # fix
        layers.append(nn.ReLU(inplace=True))  # bug
    return nn.Sequential(*layers)


def data(n=450):
    g = torch.Generator().manual_seed(0)
    centres = torch.randn(5, 10, generator=g) * 1.5
    y = torch.randint(0, 5, (n,), generator=g)
    return centres[y] + torch.randn(n, 10, generator=g), y


if __name__ == "__main__":
    torch.manual_seed(0)
    x, y = data()
    model = mlp([10, 48, 48, 5], norm=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for epoch in range(5):
        for rows in torch.randperm(len(x)).split(45):
            loss = nn.functional.cross_entropy(model(x[rows]), y[rows], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(epoch, loss.item())
