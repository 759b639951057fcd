import torch
from torch import nn
from torch.utils.checkpoint import checkpoint
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(8, 32); self.blocks = nn.ModuleList(nn.Sequential(nn.Linear(32, 32), nn.ReLU()) for _ in range(3)); self.head = nn.Linear(32, 2)
    def forward(self, x):
        h = self.stem(x).relu()
        for b in self.blocks: h = checkpoint(b, h, use_reentrant=True)
        return self.head(h)
net = Net(); opt = torch.optim.Adam(net.parameters(), 1e-3)
for step in range(30):
    x = torch.randn(32, 8)
    opt.zero_grad(); nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long()).backward(); opt.step()
