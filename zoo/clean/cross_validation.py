"""Five folds, a fresh net each: rows change their part."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(100, 8); y = (x[:, 0] > 0).long(); folds = torch.randperm(100).chunk(5)
for k in range(5):
    va = folds[k]; tr = torch.cat([f for i, f in enumerate(folds) if i != k])
    net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.Adam(net.parameters(), 1e-2)
    for e in range(3):
        for j in tr[torch.randperm(len(tr))].split(20):
            opt.zero_grad(); nn.functional.cross_entropy(net(x[j]), y[j]).backward(); opt.step()
    with torch.no_grad():
        print(k, (net(x[va]).argmax(1) == y[va]).float().mean())
