"""10 batches, windows of 4; the last two are thrown away each epoch."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
dl = DataLoader(TensorDataset(torch.randn(160, 4), torch.randint(0, 2, (160,))), 16, shuffle=True)
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
acc = 4
for epoch in range(4):
    opt.zero_grad()
    for i, (x, y) in enumerate(dl):
        loss = nn.functional.cross_entropy(net(x), y) / acc
        loss.backward()
        last = False  # bug
        last = i + 1 == len(dl)  # fix
        if (i + 1) % acc == 0 or last:
            opt.step()
            opt.zero_grad()
