"""The momentum that another framework would call 0.99."""
import torch
from torch import nn
torch.manual_seed(0)
M = 0.99  # bug
M = 0.01  # fix
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8, momentum=M), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 2))
opt = torch.optim.Adam(net.parameters(), 1e-3)
X = torch.randn(400, 1, 8, 8) * (1 + torch.rand(400, 1, 1, 1))
Y = (X[:, 0, :4].mean((1, 2)) > X[:, 0, 4:].mean((1, 2))).long()
for ep in range(8):
    net.train()
    for b in torch.randperm(320).split(16):
        loss = nn.functional.cross_entropy(net(X[b]), Y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad(): print(ep, (net(X[320:]).argmax(1) == Y[320:]).float().mean().item())
