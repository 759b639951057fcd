import torch
import torch.nn.functional as F
from torch import nn


def discs(n, size=16):
    axis = torch.arange(size).float()
    cy, cx, r = torch.rand(3, n, 1, 1) * torch.tensor([8.0, 8.0, 2.0]).view(3, 1, 1, 1) + torch.tensor([4.0, 4.0, 2.0]).view(3, 1, 1, 1)
    mask = ((axis.view(1, -1, 1) - cy) ** 2 + (axis.view(1, 1, -1) - cx) ** 2 < r**2).float()
    image = 0.35 + 0.3 * mask + 0.1 * torch.randn(n, size, size)
    return image.clamp(0, 1).unsqueeze(1), mask.unsqueeze(1)


class SegNet(nn.Module):
    def __init__(self, c=12):
        super().__init__()
        self.a = nn.Conv2d(1, c, 3, padding=1)
        self.b = nn.Conv2d(c, 2 * c, 3, padding=1)
        self.c = nn.Conv2d(3 * c, 1, 3, padding=1)

    def forward(self, x):
        a = F.relu(self.a(x))
        b = F.relu(self.b(F.max_pool2d(a, 2)))
        return self.c(torch.cat([a, F.interpolate(b, scale_factor=2.0)], dim=1))


def dice(pred, mask, eps=1.0):
    inter = (pred * mask).sum(dim=(1, 2, 3))
    return (2 * inter + eps) / (pred.sum(dim=(1, 2, 3)) + mask.sum(dim=(1, 2, 3)) + eps)


def loss_fn(logits, mask):
    pred = (logits.sigmoid() > 0.5).float().requires_grad_()  # bug
    pred = logits.sigmoid()  # fix
    return 1 - dice(pred, mask).mean()


torch.manual_seed(61)
images, masks = discs(480)
test_images, test_masks = discs(120)
net = SegNet()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    net.train()
    losses = []
    for idx in torch.randperm(480).split(32):
        loss = loss_fn(net(images[idx]), masks[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    net.eval()
    with torch.no_grad():
        score = dice((net(test_images) > 0).float(), test_masks).mean().item()
    print(f"epoch {epoch} loss {sum(losses) / len(losses):.3f} dice {score:.3f}")
