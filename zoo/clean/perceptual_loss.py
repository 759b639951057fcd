"""A fixed net judges the output; it was not frozen, and is not optimised."""
import torch
from torch import nn
torch.manual_seed(0)
vgg = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1)).eval()
net = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 3, 3, padding=1))
opt = torch.optim.Adam(net.parameters(), 1e-3)
for i in range(12):
    clean = torch.rand(4, 3, 16, 16); noisy = clean + 0.1 * torch.randn_like(clean)
    out = net(noisy)
    loss = nn.functional.l1_loss(out, clean) + 0.1 * nn.functional.mse_loss(vgg(out), vgg(clean))
    opt.zero_grad(); loss.backward(); opt.step()
