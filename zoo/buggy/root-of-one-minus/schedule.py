"""The brackets of a noise schedule stand around the wrong part."""
import torch
from torch import nn
torch.manual_seed(0)
betas = torch.linspace(1e-3, 0.15, 40); alphas_cumprod = torch.cumprod(1 - betas, 0)
sqrt_one_minus_alphas_cumprod = 1 - torch.sqrt(alphas_cumprod)  # bug
sqrt_one_minus_alphas_cumprod = torch.sqrt(1 - alphas_cumprod)  # fix
net = nn.Sequential(nn.Linear(5, 48), nn.SiLU(), nn.Linear(48, 4)); opt = torch.optim.Adam(net.parameters(), 2e-3)
rows = torch.randn(500, 4).sign()
for step in range(40):
    x = rows[torch.randint(0, 500, (64,))]; t = torch.randint(0, 40, (64,)); e = torch.randn_like(x)
    noisy = alphas_cumprod[t].sqrt()[:, None] * x + sqrt_one_minus_alphas_cumprod[t][:, None] * e
    loss = nn.functional.mse_loss(net(torch.cat([noisy, t[:, None] / 40], 1)), e)
    opt.zero_grad(); loss.backward(); opt.step()
