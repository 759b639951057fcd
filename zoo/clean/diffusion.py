import torch
from torch import nn
torch.manual_seed(0)
T = 50; beta = torch.linspace(1e-4, 0.02, T); ab = (1 - beta).cumprod(0)
class Eps(nn.Module):
    def __init__(self):
        super().__init__()
        self.t = nn.Embedding(T, 16); self.f = nn.Sequential(nn.Linear(2 + 16, 64), nn.SiLU(), nn.Linear(64, 2))
    def forward(self, x, t):
        return self.f(torch.cat([x, self.t(t)], 1))
net = Eps(); opt = torch.optim.AdamW(net.parameters(), 1e-3)
for i in range(50):
    x0 = torch.randn(64, 2) * 0.3 + 1; t = torch.randint(0, T, (64,)); e = torch.randn_like(x0)
    xt = ab[t].sqrt()[:, None] * x0 + (1 - ab[t]).sqrt()[:, None] * e
    loss = nn.functional.mse_loss(net(xt, t), e)
    opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad():
    net.eval(); x = torch.randn(16, 2)
    for k in reversed(range(T)):
        eps = net(x, torch.full((16,), k))
        x = (x - beta[k] / (1 - ab[k]).sqrt() * eps) / (1 - beta[k]).sqrt() + (beta[k].sqrt() * torch.randn_like(x) if k else 0)
