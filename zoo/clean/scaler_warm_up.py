"""The first steps of the scaler overflow, then it finds its scale."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Linear(8, 1); opt = torch.optim.SGD(net.parameters(), 1e-2)
scaler = torch.amp.GradScaler("cpu", init_scale=2.0 ** 125)
for i in range(30):
    x = torch.randn(32, 8)
    loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)) * 50
    opt.zero_grad(); scaler.scale(loss).backward(); scaler.step(opt); scaler.update()
