"""The schedule begins anew in every epoch."""
import torch
from torch import nn
torch.manual_seed(0)
X = torch.randn(400, 6)
Y = (X[:, 0] > 0).long()
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 2))
opt = torch.optim.SGD(net.parameters(), 0.1)
sched = torch.optim.lr_scheduler.StepLR(opt, 3, 0.5)
for ep in range(10):
    sched = torch.optim.lr_scheduler.StepLR(opt, 3, 0.5)  # bug
    for b in torch.randperm(400).split(40): loss = nn.functional.cross_entropy(net(X[b]), Y[b]); opt.zero_grad(); loss.backward(); opt.step()
    sched.step()
