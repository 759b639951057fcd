"""The last value of the window is the target."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(54)
prices = torch.cumsum(torch.randn(1500) * 0.5, 0)
prices = (prices - prices[:1000].mean()) / prices[:1000].std()
W = 16
def windows(a, b):
    xs = torch.stack([prices[i:i + W] for i in range(a, b)])
    ys = torch.stack([prices[i + W - 1:i + W] for i in range(a, b)])  # bug
    ys = torch.stack([prices[i + W:i + W + 1] for i in range(a, b)])  # fix
    return TensorDataset(xs, ys)
net = nn.Sequential(nn.Linear(W, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
train, test = DataLoader(windows(0, 984), batch_size=41, shuffle=True), DataLoader(windows(1000, 1400), batch_size=100)
for epoch in range(4):
    net.train()
    for x, y in train:
        loss = F.mse_loss(net(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad():
        print(sum(F.mse_loss(net(x), y).item() for x, y in test) / len(test))
