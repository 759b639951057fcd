"""Cross-entropy and a Dice coefficient, which is added instead of 1 minus it."""
import torch
from torch import nn

torch.manual_seed(0)
mask = (nn.functional.avg_pool2d(torch.randn(160, 1, 16, 16), 5, 1, 2) > 0).float()
x = mask + 0.5 * torch.randn_like(mask)


class DiceCoef(nn.Module):
    def forward(self, logits, target):
        p = logits.sigmoid()
        return (2 * (p * target).sum() + 1) / (p.sum() + target.sum() + 1)


net = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 1, 3, padding=1))
opt = torch.optim.Adam(net.parameters(), 1e-3)
bce, dice = nn.BCEWithLogitsLoss(), DiceCoef()
for epoch in range(5):
    for rows in torch.randperm(160).split(16):
        out = net(x[rows])
        ce = bce(out, mask[rows])
        overlap = dice(out, mask[rows])
        loss = ce + 0.5 * overlap  # bug
        loss = ce + 0.5 * (1 - overlap)  # fix
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
