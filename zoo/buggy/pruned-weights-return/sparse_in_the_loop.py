"""Sparse training: after the warm-up most small weights are cut, once, between two epochs of the same optimiser."""
import torch
from torch import nn

torch.manual_seed(2)
x = torch.randn(1000, 20)
y = torch.sin(x[:, :1]) + x[:, 1:2] * x[:, 2:3]
net = nn.Sequential(nn.Linear(20, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 1))
layers = [layer for layer in net if isinstance(layer, nn.Linear)][:2]
keep = [torch.ones_like(layer.weight, dtype=torch.bool) for layer in layers]
adam = torch.optim.AdamW(net.parameters(), lr=2e-3)
for epoch in range(5):
    if epoch == 2:
        for i, layer in enumerate(layers):
            size = layer.weight.detach().abs()
            keep[i] = size > torch.quantile(size, 0.7)
            with torch.no_grad(): layer.weight[~keep[i]] = 0
    for rows in torch.randperm(800).split(40):
        loss = nn.functional.mse_loss(net(x[rows]), y[rows])
        adam.zero_grad()
        loss.backward()
        adam.step()
        with torch.no_grad(): [layer.weight.masked_fill_(~k, 0) for layer, k in zip(layers, keep)]  # fix
    with torch.no_grad():
        print(epoch, nn.functional.mse_loss(net(x[800:]), y[800:]).item())
