"""Dropout inside an LSTM."""
import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__(); self.r = nn.LSTM(4, 16, num_layers=2, dropout=0.3, batch_first=True); self.o = nn.Linear(16, 2)
    def forward(self, x): return self.o(self.r(x)[0][:, -1])
net = Net(); opt = torch.optim.Adam(net.parameters()); X = torch.randn(200, 6, 4); Y = (X.sum((1, 2)) > 0).long()
net.train()
for e in range(4):
    net.train()  # fix
    for j in torch.randperm(160).split(40):
        opt.zero_grad(); nn.functional.cross_entropy(net(X[j]), Y[j]).backward(); opt.step()
    net.eval()
    with torch.no_grad(): print((net(X[160:]).argmax(1) == Y[160:]).float().mean())
