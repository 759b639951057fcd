import torch
from torch import nn
from torch.utils.checkpoint import checkpoint, checkpoint_sequential
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inp = nn.Linear(8, 16); self.blocks = nn.ModuleList(nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Dropout(0.1)) for _ in range(3)); self.out = nn.Linear(16, 2)
    def forward(self, x):
        x = self.inp(x).relu()
        for b in self.blocks:
            x = checkpoint(b, x, use_reentrant=False)
        return self.out(x)
net = Net(); opt = torch.optim.Adam(net.parameters())
for i in range(15):
    x = torch.randn(32, 8); y = (x[:, 0] > 0).long()
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
