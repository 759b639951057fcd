"""Validation without net.eval()."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
ds = TensorDataset(torch.randn(400, 1, 8, 8), torch.randint(0, 4, (400,)))
train_ds, val_ds = random_split(ds, [320, 80])
train_dl = DataLoader(train_ds, 32, shuffle=True)
val_dl = DataLoader(val_ds, 20)
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Dropout(0.5), nn.Linear(288, 4))
opt = torch.optim.Adam(net.parameters())
loss_fn = nn.CrossEntropyLoss()
for epoch in range(4):
    net.train()
    for x, y in train_dl:
        opt.zero_grad()
        loss = loss_fn(net(x), y)
        loss.backward()
        opt.step()
    net.eval()  # fix
    total = 0
    with torch.no_grad():
        for x, y in val_dl:
            total += loss_fn(net(x), y).item()
    print(epoch, total)
