# held out
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 20), nn.BatchNorm1d(20), nn.ReLU(), nn.Linear(20, 2)); opt = torch.optim.Adam(net.parameters())
X = torch.randn(300, 6); Y = (X[:, 0] > 0).long()
def accuracy():
    net.eval(); hit = 0
    for k in range(200, 300, 20):
        with torch.set_grad_enabled(True):  # bug
        with torch.set_grad_enabled(False):  # fix
            hit += (net(X[k:k+20]).argmax(1) == Y[k:k+20]).sum().item()
    return hit / 100
for e in range(3):
    net.train()
    for k in range(0, 200, 25):
        opt.zero_grad(); nn.functional.cross_entropy(net(X[k:k+25]), Y[k:k+25]).backward(); opt.step()
    print(accuracy())
