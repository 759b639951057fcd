"""Train and validation come from two different random splits of one data set."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split
torch.manual_seed(0)
ds = TensorDataset(torch.randn(300, 8), torch.randint(0, 2, (300,)))
train, valid = random_split(ds, [240, 60])
train, _ = random_split(ds, [240, 60])  # bug
tl, vl = DataLoader(train, 40, shuffle=True), DataLoader(valid, 60)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters())
for epoch in range(3):
    net.train()
    for x, y in tl:
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
    net.eval()
    with torch.no_grad():
        for x, y in vl:
            loss = nn.functional.cross_entropy(net(x), y)
