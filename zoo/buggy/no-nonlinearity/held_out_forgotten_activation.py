# held out
import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self, sizes=(16, 64, 64, 3)):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])); self.act = nn.ReLU()
    def forward(self, x):
        for i, l in enumerate(self.layers):
            x = l(x)
            if i == 1:  # bug
            if i < 2:  # fix
                x = self.act(x)
        return x
net = Net(); opt = torch.optim.Adam(net.parameters())
for s in range(8):
    x = torch.randn(32, 16); y = x[:, :3].argmax(1)
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
