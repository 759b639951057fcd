"""Layers in a Python list."""
import torch
from torch import nn
torch.manual_seed(0)
class Deep(nn.Module):
    def __init__(self, depth=3):
        super().__init__()
        self.inp = nn.Linear(4, 16)
        self.hidden = [nn.Linear(16, 16) for _ in range(depth)]  # bug
        self.hidden = nn.ModuleList([nn.Linear(16, 16) for _ in range(depth)])  # fix
        self.out = nn.Linear(16, 1)
    def forward(self, x):
        x = torch.relu(self.inp(x))
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.out(x)
net = Deep(); opt = torch.optim.Adam(net.parameters())
x = torch.randn(64, 4); y = x.prod(1, keepdim=True)
for i in range(10):
    loss = nn.functional.mse_loss(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
