"""As many images as columns: the noise levels of the rows run along the width."""
import torch
from torch import nn
torch.manual_seed(0)
betas = torch.linspace(1e-3, 0.1, 50); kept = (1 - betas).cumprod(0)
class Denoiser(nn.Module):
    def __init__(self):
        super().__init__(); self.inp = nn.Conv2d(1, 12, 3, padding=1); self.t = nn.Embedding(50, 12); self.out = nn.Conv2d(12, 1, 3, padding=1)
    def forward(self, x, t): return self.out(torch.relu(self.inp(x) + self.t(t)[:, :, None, None]))
net = Denoiser(); opt = torch.optim.Adam(net.parameters(), 2e-3)
images = torch.rand(256, 1, 16, 16).round() * 2 - 1
for step in range(40):
    x = images[torch.randint(0, 256, (16,))]
    t = torch.randint(0, 50, (16,)); noise = torch.randn_like(x)
    level = kept[t]  # bug
    level = kept[t].view(-1, 1, 1, 1)  # fix
    noisy = level.sqrt() * x + (1 - level).sqrt() * noise
    loss = nn.functional.mse_loss(net(noisy, t), noise)
    opt.zero_grad(); loss.backward(); opt.step()
