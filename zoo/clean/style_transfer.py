"""The optimiser holds the picture; the net's parameters still require gradients."""
import torch
from torch import nn
torch.manual_seed(0)
feat = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 16, 3, padding=1), nn.ReLU())
content, style = torch.rand(1, 3, 16, 16), torch.rand(1, 3, 16, 16)
def gram(f):
    f = f.flatten(2); return f @ f.transpose(1, 2) / f.numel()
with torch.no_grad():
    fc, gs = feat(content), gram(feat(style))
img = content.clone().requires_grad_(True)
opt = torch.optim.Adam([img], lr=0.02)
for i in range(25):
    opt.zero_grad()
    f = feat(img)
    loss = nn.functional.mse_loss(f, fc) + 100 * nn.functional.mse_loss(gram(f), gs)
    loss.backward(); opt.step()
