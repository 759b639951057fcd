"""The accuracy's denominator takes the last batch for a whole one."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(43)
x = torch.randn(550, 5)
y = (x[:, 0] * x[:, 1] > 0).long()
SIZE = 50
train_loader = DataLoader(TensorDataset(x[:400], y[:400]), batch_size=SIZE, shuffle=True)
val_loader = DataLoader(TensorDataset(x[400:530], y[400:530]), batch_size=SIZE)
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=4e-3)
for epoch in range(5):
    net.train()
    for a, b in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(a), b).backward()
        optimizer.step()
    net.eval()
    correct = 0
    with torch.no_grad():
        for a, b in val_loader:
            correct += (net(a).argmax(1) == b).sum().item()
    print(epoch, correct / (len(val_loader) * SIZE))  # bug
    print(epoch, correct / len(val_loader.dataset))  # fix
