"""The loss of the last batch goes to the scheduler."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(5)
X = torch.randn(600, 8)
y = (X[:, 0] * X[:, 1] > 0).long()
train, val = random_split(TensorDataset(X, y), [500, 100])
train_loader = DataLoader(train, 50, shuffle=True)
val_loader = DataLoader(val, 32)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
criterion = nn.CrossEntropyLoss()
opt = torch.optim.AdamW(net.parameters(), 3e-3)
sched = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, patience=2)
for epoch in range(10):
    net.train()
    for xb, yb in train_loader:
        opt.zero_grad()
        criterion(net(xb), yb).backward()
        opt.step()
    net.eval()
    total, n = 0.0, 0
    with torch.no_grad():
        for xb, yb in val_loader:
            val_loss = criterion(net(xb), yb)
            total += val_loss.item() * len(xb)
            n += len(xb)
    sched.step(val_loss)  # bug
    sched.step(total / n)  # fix
    print(epoch, total / n)
