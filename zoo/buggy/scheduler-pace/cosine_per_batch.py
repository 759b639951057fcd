"""T_max in epochs, stepped in batches."""
import torch
from torch import nn
torch.manual_seed(0)
epochs, batches = 5, 40
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=epochs)  # bug
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=epochs * batches)  # fix
for e in range(epochs):
    for b in range(batches):
        x = torch.randn(16, 4)
        loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))
        opt.zero_grad(); loss.backward(); opt.step()
        sched.step()
