import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
class Bayes(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(5, 32), nn.Linear(32, 2)
    def forward(self, x):
        return self.b(F.dropout(F.relu(self.a(x)), p=0.3, training=True))
net = Bayes(); opt = torch.optim.Adam(net.parameters())
x = torch.randn(200, 5); y = (x[:, 0] > 0).long()
for i in range(30):
    j = torch.randint(0, 160, (32,))
    opt.zero_grad(); F.cross_entropy(net(x[j]), y[j]).backward(); opt.step()
net.eval()
with torch.no_grad():
    for k in (160, 180):
        xb = x[k:k + 20]
        p = torch.stack([net(xb).softmax(1) for _ in range(10)]).mean(0)
        print((p.argmax(1) == y[k:k + 20]).float().mean())
