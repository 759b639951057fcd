"""A diffusion net predicts noise that it never saw."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(42)
T = 100
beta = torch.linspace(1e-4, 0.02, T); abar = (1 - beta).cumprod(0)
class Eps(nn.Module):
    def __init__(self):
        super().__init__()
        self.t = nn.Embedding(T, 16)
        self.net = nn.Sequential(nn.Linear(18, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 2))
    def forward(self, x, t):
        return self.net(torch.cat([x, self.t(t)], 1))
def noised(x, t, noise):
    return abar[t].sqrt()[:, None] * x + (1 - abar[t]).sqrt()[:, None] * noise
data = torch.randn(1000, 2) * 0.1 + torch.randint(0, 2, (1000, 1)) * 2 - 1
net = Eps(); opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for it in range(150):
    x = data[torch.randint(1000, (64,))]
    t = torch.randint(0, T, (64,))
    noise = torch.randn_like(x)
    pred = net(noised(x, t, noise), t)
    loss = F.mse_loss(pred, torch.randn_like(x))  # bug
    loss = F.mse_loss(pred, noise)  # fix
    opt.zero_grad(); loss.backward(); opt.step()
