"""A schedule of steps that steps once an epoch."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(31)
X = torch.randn(512, 12); Y = X @ torch.randn(12, 1) + 0.1 * torch.randn(512, 1)
loader = DataLoader(TensorDataset(X, Y), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 1))
opt = torch.optim.AdamW(net.parameters(), lr=1e-4)
sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=1e-2, epochs=6, steps_per_epoch=len(loader))
for epoch in range(6):
    for x, y in loader:
        loss = F.mse_loss(net(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
        sched.step()  # fix
    sched.step()  # bug
