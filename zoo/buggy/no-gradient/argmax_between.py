"""An argmax between two parts."""
import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate = nn.Linear(6, 4); self.table = nn.Embedding(4, 8); self.out = nn.Linear(8, 2)
    def forward(self, x):
        g = self.gate(x)
        h = self.table(g.argmax(1))  # bug
        h = torch.softmax(g, 1) @ self.table.weight  # fix
        return self.out(torch.relu(h))
net = Net(); opt = torch.optim.Adam(net.parameters())
x, y = torch.randn(64, 6), torch.randint(0, 2, (64,))
for i in range(12):
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
