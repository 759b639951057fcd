# level: error
import torch
import warnings
from torch import nn
from torch.utils.checkpoint import checkpoint
warnings.simplefilter("ignore")
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU())
        self.head = nn.Linear(16, 2)
    def forward(self, x):
        h = checkpoint(self.block, x, use_reentrant=True)  # bug
        h = checkpoint(self.block, x, use_reentrant=False)  # fix
        return self.head(h)
net = Net(); opt = torch.optim.Adam(net.parameters())
x, y = torch.randn(64, 8), torch.randint(0, 2, (64,))
for i in range(12):
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
