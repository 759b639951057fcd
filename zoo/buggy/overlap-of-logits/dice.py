"""A Dice loss of logits."""
import torch
from torch import nn
torch.manual_seed(0)
m = (torch.rand(96, 1, 4, 4) > 0.6).float().repeat_interleave(4, 2).repeat_interleave(4, 3); x = m + 0.5 * torch.randn_like(m)
net = nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.Conv2d(12, 12, 3, padding=1), nn.ReLU(), nn.Conv2d(12, 1, 1))
opt = torch.optim.Adam(net.parameters(), 1e-3)
def dice_loss(pred, target, eps=1e-6):
    pred = torch.sigmoid(pred)  # fix
    pred, target = pred.view(-1), target.view(-1)
    inter = (pred * target).sum()
    return 1 - (2.0 * inter + eps) / (pred.sum() + target.sum() + eps)
for epoch in range(3):
    for i in torch.randperm(96).split(16):
        out = net(x[i]); loss = dice_loss(out, m[i]) + nn.functional.binary_cross_entropy_with_logits(out, m[i])
        opt.zero_grad(); loss.backward(); opt.step()
