"""Rows are mixed with noise by alpha[t] in place of the product of all alphas up to t."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(1)
T = 30; beta = torch.linspace(0.002, 0.25, T); alpha = 1 - beta; alpha_bar = alpha.cumprod(0)
net = nn.Sequential(nn.Linear(3, 96), nn.GELU(), nn.Linear(96, 96), nn.GELU(), nn.Linear(96, 2)); opt = torch.optim.AdamW(net.parameters(), 2e-3)
def corrupt(clean, t):
    a_t = alpha[t].view(-1, 1)  # bug
    a_t = alpha_bar[t].view(-1, 1)  # fix
    eps = torch.randn_like(clean)
    return torch.sqrt(a_t) * clean + torch.sqrt(1 - a_t) * eps, eps  # bug
    return torch.sqrt(a_t) * clean + torch.sqrt(1 - a_t) * eps, eps  # fix
for step in range(150):
    clean = torch.randn(128, 2) * 0.2 + torch.tensor([1.0, -1.0]) * torch.randint(0, 2, (128, 1)).mul(2).sub(1)
    t = torch.randint(T, (128,)); noisy, eps = corrupt(clean, t)
    loss = F.mse_loss(net(torch.cat([noisy, t[:, None] / T], 1)), eps); opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad():
    x = torch.randn(300, 2)
    for k in range(T - 1, -1, -1):
        e = net(torch.cat([x, torch.full((300, 1), k / T)], 1)); x = (x - beta[k] / (1 - alpha_bar[k]).sqrt() * e) / alpha[k].sqrt()
        x = x + (beta[k].sqrt() * torch.randn_like(x) if k else 0)
print(x.abs().mean().item())
