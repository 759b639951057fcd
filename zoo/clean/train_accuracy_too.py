"""Accuracy on training and on validation rows, no leak."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split
torch.manual_seed(0)
ds = TensorDataset(torch.randn(300, 8), torch.randint(0, 2, (300,)))
tr, va = random_split(ds, [240, 60])
tl, vl = DataLoader(tr, 40, shuffle=True), DataLoader(va, 60)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.Adam(net.parameters())
@torch.no_grad()
def accuracy(dl):
    net.eval(); hits = sum((net(x).argmax(1) == y).sum().item() for x, y in dl); net.train()
    return hits / len(dl.dataset)
for e in range(4):
    for x, y in tl:
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
    print(e, accuracy(tl), accuracy(vl))
