# held out
import torch
from torch import nn
torch.manual_seed(0)
nets = nn.ModuleList(nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1)) for _ in range(3)); opt = torch.optim.Adam(nets.parameters(), 1e-2)
X = torch.randn(200, 4); Y = X.sum(1, keepdim=True)
for k in range(30):
    loss = 0
    for n in nets:
        j = torch.randint(0, 160, (32,)); loss = loss + nn.functional.mse_loss(n(X[j]), Y[j])
    opt.zero_grad(); loss.backward(); opt.step()
nets.eval()
with torch.no_grad():
    out = torch.stack([n(X[160:]) for n in nets]); print(nn.functional.mse_loss(out.mean(0), Y[160:]), out.std(0).mean())
