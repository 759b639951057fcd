import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(8, 32); self.b = nn.Linear(32, 2)
    def forward(self, x):
        h = F.relu(self.a(x))
        h = F.dropout(h, 0.5)  # bug
        h = F.dropout(h, 0.5, self.training)  # fix
        return self.b(h)
net = Net(); opt = torch.optim.Adam(net.parameters())
x = torch.randn(200, 8); y = (x[:, 0] > 0).long()
for epoch in range(3):
    net.train()
    for i in range(0, 160, 40):
        opt.zero_grad(); F.cross_entropy(net(x[i:i+40]), y[i:i+40]).backward(); opt.step()
    net.eval()
    with torch.no_grad():
        for i in (160, 180):
            acc = (net(x[i:i+20]).argmax(1) == y[i:i+20]).float().mean()
