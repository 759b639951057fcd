"""Z-scores in training, the numbers as they came in evaluation, whose errors are written out."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(1400, 10) * 20 + 5; y = x.mean(1) / 20 + 0.01 * torch.randn(1400)
mean, deviation = x[:900].mean(0), x[:900].std(0)
train = DataLoader(TensorDataset((x[:900] - mean) / deviation, y[:900]), 32, shuffle=True)
val = DataLoader(TensorDataset(x[900:], y[900:]), 50)  # bug
val = DataLoader(TensorDataset((x[900:] - mean) / deviation, y[900:]), 50)  # fix
net = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), 1e-2)
for epoch in range(4):
    net.train()
    for a, b in train:
        loss = (net(a).squeeze(1) - b).pow(2).mean()
        opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    total = 0.0
    with torch.no_grad():
        for a, b in val:
            total += torch.abs(net(a).squeeze(1) - b).sum().item()
    print(epoch, total / 500)
