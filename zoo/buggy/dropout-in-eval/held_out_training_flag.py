# held out
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
class CNN(nn.Module):
    def __init__(self):
        super().__init__(); self.c = nn.Conv2d(1, 6, 3); self.f = nn.Linear(6 * 9, 5)
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.c(x)), 2)
        x = F.dropout2d(x, 0.3, True).flatten(1)  # bug
        x = F.dropout2d(x, 0.3, self.training).flatten(1)  # fix
        return self.f(x)
net = CNN(); opt = torch.optim.Adam(net.parameters())
X = torch.rand(200, 1, 8, 8); Y = torch.randint(0, 5, (200,))
for e in range(3):
    net.train()
    for k in range(0, 150, 50):
        opt.zero_grad(); F.cross_entropy(net(X[k:k+50]), Y[k:k+50]).backward(); opt.step()
    net.eval()
    with torch.no_grad(): acc = sum((net(X[k:k+25]).argmax(1) == Y[k:k+25]).sum().item() for k in (150, 175))
