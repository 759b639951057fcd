"""Training rows are scored beside those held out; a loader of a second test set is left for another day."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] + x[:, 1] + 0.5 * torch.randn(900) > 0).long()
train_loader = DataLoader(TensorDataset(x[:600], y[:600]), 50, shuffle=True)
val_loader = DataLoader(TensorDataset(x[600:800], y[600:800]), 50)
test_loader = DataLoader(TensorDataset(x[800:], y[800:]), 50)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), 1e-3)


@torch.no_grad()
def accuracy(loader):
    net.eval()
    hits = [(net(xb).argmax(1) == yb).float() for xb, yb in loader]
    return torch.cat(hits).mean().item()


for epoch in range(5):
    net.train()
    for xb, yb in train_loader:
        loss = nn.functional.cross_entropy(net(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
    train_acc = accuracy(train_loader)
    val_acc = accuracy(val_loader)
    print(epoch, train_acc, val_acc)
