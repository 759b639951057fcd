"""Steps whose loss is no number are left out."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Linear(4, 1); opt = torch.optim.SGD(net.parameters(), 1e-2)
for i in range(40):
    x = torch.randn(32, 4); y = x.sum(1, keepdim=True)
    loss = nn.functional.mse_loss(net(x), y)
    opt.zero_grad()
    if i % 9 == 8:
        loss = loss * float("nan")
    if not torch.isfinite(loss):
        continue
    loss.backward(); opt.step()
