"""Binary: (N, 1) == (N,)."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(200, 5); y = (x[:, 0] > 0).float()
net = nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for e in range(6):
    net.train()
    loss = nn.functional.binary_cross_entropy_with_logits(net(x[:150]).squeeze(1), y[:150])
    opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad():
        pred = (net(x[150:]) > 0).float()
        pred = pred.squeeze(1)  # fix
        acc = (pred == y[150:]).float().sum() / 50
