import copy

import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import make_classification

torch.manual_seed(32)
X, y = make_classification(1800, 20, n_informative=10, n_classes=4, class_sep=1.1, random_state=32)
X, y = torch.tensor(X).float(), torch.tensor(y)
X = (X - X[:1400].mean(0)) / X[:1400].std(0)
loader = DataLoader(TensorDataset(X[:1400], y[:1400]), batch_size=50, shuffle=True)
net = nn.Sequential(nn.Linear(20, 48), nn.ReLU(), nn.Dropout(0.1), nn.Linear(48, 4))
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
CYCLE = len(loader)
sched = CosineAnnealingWarmRestarts(opt, T_0=CYCLE, eta_min=1e-5)
snapshots = []
for epoch in range(10):
    net.train()
    total = 0.0
    for k, (a, b) in enumerate(loader):
        loss = F.cross_entropy(net(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
        sched.step()
        total += loss.item()
    if epoch >= 4:
        snapshots.append(copy.deepcopy(net).eval())
    print(epoch, f"{total / CYCLE:.4f} lr {opt.param_groups[0]['lr']:.4f}")
with torch.no_grad():
    each = torch.stack([s(X[1400:]).softmax(1) for s in snapshots])
single = (each[-1].argmax(1) == y[1400:]).float().mean().item()
joint = (each.mean(0).argmax(1) == y[1400:]).float().mean().item()
print("last snapshot", single, "all snapshots", joint)
