"""Three plateaus, each watched in its own direction: a loss, an accuracy, an error rate."""
import torch
from torch import nn
torch.manual_seed(0)
X = torch.randn(300, 5); y = (X[:, 0] > 0).long(); net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.SGD(net.parameters(), .05)
P = torch.optim.lr_scheduler.ReduceLROnPlateau; a, b, c = P(opt, "min", patience=3), P(opt, "max", patience=3), P(opt, "min", patience=3)
for e in range(8):
    for r in torch.randperm(200).split(40):
        opt.zero_grad(); nn.functional.cross_entropy(net(X[r]), y[r]).backward(); opt.step()
    with torch.no_grad():
        o = net(X[200:]); acc = (o.argmax(1) == y[200:]).float().mean().item(); a.step(nn.functional.cross_entropy(o, y[200:])); b.step(acc); c.step(1 - acc)
