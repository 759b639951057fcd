import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 3))
for p in net[:4].parameters():
    p.requires_grad_(False)
opt = torch.optim.Adam(net[4].parameters(), 1e-2)
for s in range(45):
    if s == 15:
        net[2].requires_grad_(True); opt.add_param_group({"params": net[2].parameters(), "lr": 1e-3})
    if s == 30:
        net[0].requires_grad_(True); opt.add_param_group({"params": net[0].parameters(), "lr": 1e-4})
    x = torch.randn(64, 10); y = x[:, :3].argmax(1)
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
