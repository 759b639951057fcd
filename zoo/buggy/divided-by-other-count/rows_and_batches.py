"""The mean loss of each batch counts by its rows, and the sum is divided by the number of batches."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(310, 6)
y = x[:, :1].sin() * x[:, 1:2]
train_loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)


def run_epoch(loader):
    running = 0.0
    for xb, yb in loader:
        loss = F.mse_loss(net(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
        running += loss.item() * xb.size(0)
    return running / len(loader)  # bug
    return running / len(loader.dataset)  # fix


for epoch in range(4):
    print(epoch, run_epoch(train_loader))
