"""A warm-up that divides whole numbers."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(32)
X = torch.randn(600, 8); Y = (X.sum(1) > 0).long()
net = nn.Sequential(nn.Linear(8, 32), nn.GELU(), nn.Linear(32, 2))
opt = torch.optim.AdamW(net.parameters(), lr=2e-3)
warm = 60
sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda s: min(1, (s + 1) // warm))  # bug
sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda s: min(1.0, (s + 1) / warm))  # fix
for epoch in range(5):
    for i in torch.randperm(600).split(30):
        loss = F.cross_entropy(net(X[i]), Y[i])
        opt.zero_grad(); loss.backward(); opt.step()
        sched.step()
