"""The encoder's output is detached."""
import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(8, 16); self.head = nn.Linear(16, 2)
    def forward(self, x):
        h = torch.relu(self.enc(x))
        h = h.detach()  # bug
        return self.head(h)
net = Net(); opt = torch.optim.Adam(net.parameters())
x, y = torch.randn(64, 8), torch.randint(0, 2, (64,))
for i in range(12):
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
