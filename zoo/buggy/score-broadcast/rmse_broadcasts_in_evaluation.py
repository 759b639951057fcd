"""(N, 1) minus (N,) in a score."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(46)
X = torch.randn(500, 9); y = X[:, 0] * 2 + X[:, 1] + 0.1 * torch.randn(500)
net = nn.Sequential(nn.Linear(9, 24), nn.ReLU(), nn.Linear(24, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(6):
    net.train()
    for i in torch.randperm(400).split(40):
        loss = F.mse_loss(net(X[:400][i]).squeeze(1), y[:400][i])
        opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad():
        pred = net(X[400:])
        rmse = ((pred - y[400:]) ** 2).mean().sqrt()  # bug
        rmse = ((pred.squeeze(1) - y[400:]) ** 2).mean().sqrt()  # fix
    print(epoch, rmse.item())
