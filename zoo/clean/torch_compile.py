import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)); opt = torch.optim.Adam(net.parameters())
fast = torch.compile(net, backend="eager", fullgraph=True)
for s in range(15):
    x = torch.randn(32, 8)
    opt.zero_grad(); nn.functional.mse_loss(fast(x), x.sum(1, keepdim=True)).backward(); opt.step()
