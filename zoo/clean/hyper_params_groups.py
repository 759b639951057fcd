import math
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 32), nn.GELU(), nn.Linear(32, 3))
groups = [{"params": net[0].parameters(), "lr_scale": 0.5, "name": "body"}, {"params": net[2].parameters(), "lr_scale": 1.0, "name": "head"}]
opt = torch.optim.AdamW(groups, lr=1e-2)
base, total = 1e-2, 120
for step in range(total):
    rate = base * min(1, (step + 1) / 20) * 0.5 * (1 + math.cos(math.pi * step / total))
    for group in opt.param_groups:
        group["lr"] = rate * group["lr_scale"]
        group["rate"] = rate
    x = torch.randn(32, 6)
    loss = nn.functional.cross_entropy(net(x), x[:, :3].argmax(1))
    opt.zero_grad(set_to_none=True)
    loss.backward()
    opt.step()
