"""Groups with a momentum of their own beside that of the configuration."""
import torch
from torch import nn
import torch.nn.functional as F
from dataclasses import dataclass, field

@dataclass
class OptimCfg:
    lr: float = 0.01; momentum: float = 0.937; weight_decay: float = 5e-4

def create_optimizer(model, cfg):
    bias = [p for n, p in model.named_parameters() if "bias" in n]; norm = [m.weight for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    conv = [p for n, p in model.named_parameters() if "bias" not in n and all(p is not q for q in norm)]
    groups = [{"params": bias, "momentum": 0.8, "weight_decay": 0}, {"params": conv, "momentum": 0.8}, {"params": norm, "momentum": 0.8, "weight_decay": 0}]  # bug
    groups = [{"params": bias, "weight_decay": 0}, {"params": conv}, {"params": norm, "weight_decay": 0}]  # fix
    return torch.optim.SGD(groups, lr=cfg.lr, momentum=cfg.momentum, weight_decay=cfg.weight_decay, nesterov=True)

torch.manual_seed(0)
y = torch.randint(0, 4, (320,)); x = torch.randn(4, 3, 10, 10)[y] + torch.randn(320, 3, 10, 10)
model = nn.Sequential(nn.Conv2d(3, 12, 3, bias=False), nn.BatchNorm2d(12), nn.SiLU(), nn.Flatten(), nn.Linear(768, 4)); opt = create_optimizer(model, OptimCfg())
for epoch in range(8):
    for b in torch.randperm(320).split(32):
        loss = F.cross_entropy(model(x[b]), y[b]); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
