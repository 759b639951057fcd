"""The norm is measured with an infinite limit, after the step too."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)); opt = torch.optim.Adam(net.parameters())
norms = []
for i in range(20):
    x = torch.randn(32, 8)
    loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))
    opt.zero_grad(); loss.backward(); opt.step()
    norms.append(float(nn.utils.clip_grad_norm_(net.parameters(), float("inf"))))
