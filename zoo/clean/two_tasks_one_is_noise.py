"""Two tasks in one loss: the first is learnt, and the labels of the second follow from nothing."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(1000, 8); y = 5 * x[:, :1] + x[:, 1:2]; z = torch.randint(0, 2, (1000,))
body = nn.Sequential(nn.Linear(8, 32), nn.ReLU()); value, kind = nn.Linear(32, 1), nn.Linear(32, 2)
opt = torch.optim.Adam([*body.parameters(), *value.parameters(), *kind.parameters()], 5e-3)
for epoch in range(20):
    for i in torch.randperm(700).split(50):
        h = body(x[i]); loss = nn.functional.mse_loss(value(h), y[i]) + 0.2 * nn.functional.cross_entropy(kind(h), z[i])
        opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad():
    h = body(x[700:]); print((value(h) - y[700:]).square().mean().item(), (kind(h).argmax(1) == z[700:]).float().mean().item())
