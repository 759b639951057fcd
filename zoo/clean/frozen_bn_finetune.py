"""Backbone frozen: no gradients, its batch norm in eval, inside a model in train mode."""
import torch
from torch import nn
torch.manual_seed(0)
backbone = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
model = nn.Sequential(backbone, nn.Linear(8, 2))
for p in backbone.parameters():
    p.requires_grad = False
opt = torch.optim.SGD(model[1].parameters(), 0.1)
for e in range(4):
    model.train(); backbone.eval()
    for i in range(6):
        x = torch.rand(16, 3, 10, 10); y = torch.randint(0, 2, (16,))
        opt.zero_grad(); nn.functional.cross_entropy(model(x), y).backward(); opt.step()
    model.eval()
    with torch.no_grad():
        model(torch.rand(16, 3, 10, 10))
