import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(8, 32); self.b = nn.Linear(32, 1)
        self.drop = nn.Dropout(0.3)  # fix
    def forward(self, x):
        h = torch.tanh(self.a(x))
        h = nn.Dropout(0.3)(h)  # bug
        h = self.drop(h)  # fix
        return self.b(h)
net = Net(); opt = torch.optim.Adam(net.parameters())
x = torch.randn(200, 8); y = x[:, :1] * 2
for epoch in range(3):
    net.train()
    for i in range(0, 160, 40):
        opt.zero_grad(); nn.functional.mse_loss(net(x[i:i+40]), y[i:i+40]).backward(); opt.step()
    net.eval()
    with torch.no_grad():
        val = sum(nn.functional.mse_loss(net(x[i:i+20]), y[i:i+20]).item() for i in (160, 180))
