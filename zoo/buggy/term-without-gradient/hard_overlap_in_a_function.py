"""Masks are cut at a half, and a function of their own makes an overlap of them."""
import torch
from torch import nn
torch.manual_seed(0)
def share_in_common(mask, truth):
    both = (mask * truth).flatten(1).sum(1)
    return ((2 * both + 1) / (mask.flatten(1).sum(1) + truth.flatten(1).sum(1) + 1)).mean()
class Loss(nn.Module):
    def forward(self, scores, truth):
        likely = scores.sigmoid()
        mask = (likely >= 0.5).float()
        return nn.functional.binary_cross_entropy(likely, truth) + 1 - share_in_common(mask, truth)  # bug
        return nn.functional.binary_cross_entropy(likely, truth) + 1 - share_in_common(likely, truth)  # fix
x = torch.randn(160, 1, 10, 10); truth = (nn.functional.avg_pool2d(x, 3, 1, 1) > 0.2).float()
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1)); opt = torch.optim.Adam(net.parameters(), 3e-3); criterion = Loss()
for epoch in range(4):
    for i in torch.randperm(160).split(16):
        loss = criterion(net(x[i]), truth[i]); opt.zero_grad(); loss.backward(); opt.step()
