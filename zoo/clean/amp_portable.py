"""Autocast and scaler written for a GPU, switched off by hand where there is none."""
import torch
from torch import nn
torch.manual_seed(0)
use = torch.cuda.is_available(); dev = "cuda" if use else "cpu"
net = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 4)).to(dev); opt = torch.optim.SGD(net.parameters(), 0.1)
scaler = torch.amp.GradScaler(dev, enabled=use)
for i in range(20):
    x = torch.randn(32, 16, device=dev); y = torch.randint(0, 4, (32,), device=dev)
    with torch.autocast(dev, dtype=torch.float16 if use else torch.bfloat16, enabled=use):
        loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad(); scaler.scale(loss).backward(); scaler.unscale_(opt)
    nn.utils.clip_grad_norm_(net.parameters(), 1.0); scaler.step(opt); scaler.update()
