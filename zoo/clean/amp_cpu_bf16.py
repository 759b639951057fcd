import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 4)); opt = torch.optim.Adam(net.parameters())
for i in range(20):
    x = torch.randn(32, 16); y = torch.randint(0, 4, (32,))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = net(x)
    loss = nn.functional.cross_entropy(out.float(), y)
    opt.zero_grad(); loss.backward(); opt.step()
