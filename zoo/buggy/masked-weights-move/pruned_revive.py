"""Weights are pruned after some epochs, and only their gradients are masked."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
y = torch.randint(0, 5, (600,)); x = torch.randn(5, 20)[y] + torch.randn(600, 20)
net = nn.Sequential(nn.Linear(20, 128), nn.ReLU(), nn.Linear(128, 5))
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)

def train_epoch(masks=None):
    for b in torch.randperm(600).split(60):
        loss = F.cross_entropy(net(x[b]), y[b])
        optimizer.zero_grad(); loss.backward()
        if masks:
            for name, module in net.named_modules():
                if name in masks: module.weight.grad.mul_(masks[name])
        optimizer.step()
        if masks:  # fix
            for name, module in net.named_modules():  # fix
                if name in masks: module.weight.data.mul_(masks[name])  # fix
    return loss.item()

for epoch in range(4): print("dense", train_epoch())
masks = {}
for name, module in net.named_modules():
    if isinstance(module, nn.Linear):
        w = module.weight.data; threshold = w.abs().flatten().kthvalue(int(0.7 * w.numel())).values
        masks[name] = (w.abs() > threshold).float(); w.mul_(masks[name])
for epoch in range(4): print("sparse", train_epoch(masks))
print({n: (m.weight == 0).float().mean().item() for n, m in net.named_modules() if n in masks})
