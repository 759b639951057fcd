# held out
import torch
from torch import nn
torch.manual_seed(0)
X = torch.randn(300, 5); Y = (X[:, 0] * X[:, 1] > 0).float().unsqueeze(1); Xt, Yt, Xv, Yv = X[:240], Y[:240], X[240:], Y[240:]
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 1e-2); bce = nn.BCEWithLogitsLoss()
for e in range(8):
    for i in range(0, 240, 48):
        opt.zero_grad(); bce(net(Xt[i:i+48]), Yt[i:i+48]).backward(); opt.step()
    with torch.no_grad():
        print(bce(net(Xt), Yt).item(), bce(net(Xv), Yv).item(), ((net(Xv) > 0) == Yv.bool()).float().mean().item())
