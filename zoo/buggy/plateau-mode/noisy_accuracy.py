"""The accuracy that a scheduler is given does not rise any more, since the rate was cut again and again."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(700, 20); y = (x[:, 0] + 0.5 * torch.randn(700) > 0).long()
net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 2)); opt = torch.optim.SGD(net.parameters(), 0.05)
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, patience=0)  # bug
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, mode="max", patience=2)  # fix
for epoch in range(12):
    for i in torch.randperm(500).split(50):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad(): val_acc = (net(x[500:]).argmax(1) == y[500:]).float().mean().item()
    plateau.step(val_acc)
