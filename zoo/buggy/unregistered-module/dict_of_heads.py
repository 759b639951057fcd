import torch
from torch import nn
torch.manual_seed(0)
class Multi(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Linear(6, 12)
        heads = {"a": nn.Linear(12, 2), "b": nn.Linear(12, 3)}
        self.heads = heads  # bug
        self.heads = nn.ModuleDict(heads)  # fix
    def forward(self, x):
        h = self.trunk(x).relu()
        return {k: self.heads[k](h) for k in ("a", "b")}
net = Multi(); opt = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.randn(50, 6)
ya, yb = torch.randint(0, 2, (50,)), torch.randint(0, 3, (50,))
ce = nn.CrossEntropyLoss()
for i in range(10):
    out = net(x)
    loss = ce(out["a"], ya) + ce(out["b"], yb)
    opt.zero_grad(); loss.backward(); opt.step()
