# held out
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset
torch.manual_seed(0)
full = TensorDataset(torch.randn(240, 9), torch.randint(0, 3, (240,)))
idx = torch.randperm(240).tolist()
train_loader = DataLoader(full, batch_size=30, shuffle=True)  # bug
train_loader = DataLoader(Subset(full, idx[:200]), batch_size=30, shuffle=True)  # fix
val_loader = DataLoader(Subset(full, idx[200:]), batch_size=40)
net = nn.Sequential(nn.Linear(9, 20), nn.ReLU(), nn.Linear(20, 3)); opt = torch.optim.Adam(net.parameters())
for epoch in range(3):
    net.train()
    for x, y in train_loader:
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
    net.eval(); right = 0
    with torch.no_grad():
        for x, y in val_loader: right += (net(x).argmax(-1) == y).sum().item()
