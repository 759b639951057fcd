"""Two measurements of each machine, standardised by hand: the test machines by their own mean and deviation."""
import torch
from torch import nn

torch.manual_seed(0)
load = torch.rand(800) * 6
x = torch.stack([load + 0.4 * torch.randn(800), 2 * load.sqrt() + 0.4 * torch.randn(800)], 1)
y = 0.4 * load + (load > 4).float() + 0.1 * torch.randn(800)
order = load.argsort()  # the heaviest loads come last
x, y = x[order], y[order]
x_train, y_train, x_test, y_test = x[:600], y[:600], x[600:], y[600:]
mean, std = x_train.mean(0), x_train.std(0)
x_train = (x_train - x_train.mean(dim=0)) / (x_train.std(dim=0) + 1e-8)
x_test = (x_test - x_test.mean(dim=0)) / (x_test.std(dim=0) + 1e-8)  # bug
x_test = (x_test - mean) / (std + 1e-8)  # fix

net = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(15):
    for rows in torch.randperm(600).split(50):
        opt.zero_grad()
        nn.functional.mse_loss(net(x_train[rows]).squeeze(1), y_train[rows]).backward()
        opt.step()
with torch.no_grad():
    print(nn.functional.mse_loss(net(x_test).squeeze(1), y_test).item())
