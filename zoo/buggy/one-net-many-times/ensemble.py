"""A deep ensemble whose members are one net."""
import torch
from torch import nn
torch.manual_seed(0)
nets = nn.ModuleList([nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))] * 5)  # bug
nets = nn.ModuleList(nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1)) for _ in range(5))  # fix
opt = torch.optim.Adam(nets.parameters(), 1e-2); X = torch.randn(240, 4); Y = X.sum(1, keepdim=True) + 0.2 * torch.randn(240, 1)
for step in range(40):
    loss = 0
    for net in nets:
        rows = torch.randint(0, 200, (32,)); loss = loss + nn.functional.mse_loss(net(X[rows]), Y[rows])
    opt.zero_grad(); loss.backward(); opt.step()
nets.eval()
with torch.no_grad():
    out = torch.stack([net(X[200:]) for net in nets])
print("error", nn.functional.mse_loss(out.mean(0), Y[200:]).item(), "disagreement", out.std(0).mean().item())
