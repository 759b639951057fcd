import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1)); opt = torch.optim.Adam(net.parameters())
for i in range(10):
    x = torch.randn(32, 5)
    out = net(x)  # bug
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = net(x)  # fix
        loss = nn.functional.mse_loss(out, x[:, :1])
    opt.zero_grad(); loss.backward(); opt.step()
