"""The classes of the test rows are collected from a loader that shuffles, and compared with the test labels."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
rows = torch.randn(700, 9)
labels = (rows[:, :3]).argmax(1)
x_train, x_test = rows[:560], rows[560:]
y_train, y_test = labels[:560], labels[560:]
train_loader = DataLoader(TensorDataset(x_train, y_train), batch_size=28, shuffle=True)
test_loader = DataLoader(TensorDataset(x_test, y_test), batch_size=28, shuffle=True)  # bug
test_loader = DataLoader(TensorDataset(x_test, y_test), batch_size=28, shuffle=False)  # fix
net = nn.Sequential(nn.Linear(9, 40), nn.ReLU(), nn.Linear(40, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(6):
    for x, y in train_loader:
        loss = nn.functional.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
net.eval()
with torch.no_grad():
    classes = [net(x).argmax(1) for x, _ in test_loader]
predicted = torch.cat(classes)
print("test accuracy", (predicted == y_test).float().mean().item())
