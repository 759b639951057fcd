"""net.train() stands before the epochs."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
ds = TensorDataset(torch.randn(400, 20), torch.randint(0, 4, (400,)))
train_ds, val_ds = random_split(ds, [320, 80])
train_dl = DataLoader(train_ds, 32, shuffle=True)
val_dl = DataLoader(val_ds, 80)
net = nn.Sequential(nn.Linear(20, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 4))
opt = torch.optim.Adam(net.parameters())
loss_fn = nn.CrossEntropyLoss()
net.train()
for epoch in range(4):
    net.train()  # fix
    for x, y in train_dl:
        opt.zero_grad()
        loss = loss_fn(net(x), y)
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        correct = 0
        for x, y in val_dl:
            correct += (net(x).argmax(1) == y).sum().item()
    print(epoch, correct / len(val_ds))
