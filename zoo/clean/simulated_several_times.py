"""Each setting of a simulator is run several times, with other noise in the answer; runs are parted, not settings."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split
torch.manual_seed(0)
settings = torch.rand(150, 6).repeat(4, 1)
answers = (settings[:, :1] * settings[:, 1:2] + settings[:, 2:3]).sin() + 0.2 * torch.randn(600, 1)
runs = TensorDataset(settings, answers)
train, valid = random_split(runs, [480, 120])
net = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(5):
    net.train()
    for x, y in DataLoader(train, 32, shuffle=True):
        opt.zero_grad(); nn.functional.mse_loss(net(x), y).backward(); opt.step()
    net.eval()
    with torch.no_grad():
        print(epoch, sum(nn.functional.mse_loss(net(x), y, reduction="sum").item() for x, y in DataLoader(valid, 60)) / 120)
