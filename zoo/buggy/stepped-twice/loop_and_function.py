"""The loop steps after a function that has stepped."""
import torch
from torch import nn
torch.manual_seed(0)
X = torch.randn(300, 6)
Y = X.sum(1, keepdim=True)
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))
opt = torch.optim.Adam(net.parameters(), 3e-3)
def train_step(x, y):
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward()
    opt.step()
    return loss
for ep in range(8):
    for b in torch.randperm(300).split(30):
        loss = train_step(X[b], Y[b])
        opt.step()  # bug
