# held out
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 1)); opt = torch.optim.Adam(net.parameters(), 1e-2)
X = torch.randn(160, 6); Y = (X[:, 1] > 0).float()
for e in range(10):
    net.train(); opt.zero_grad(); nn.functional.binary_cross_entropy_with_logits(net(X[:120]).view(-1), Y[:120]).backward(); opt.step()
net.eval()
with torch.no_grad():
    p = torch.round(torch.sigmoid(net(X[120:])))
    p = p.view(-1)  # fix
    print("accuracy", p.eq(Y[120:]).sum().item() / 40)
