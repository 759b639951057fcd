# held out
import torch
from torch import nn
torch.manual_seed(0)
class Audio(nn.Module):
    def __init__(self):
        super().__init__(); self.c = nn.Conv1d(2, 8, 5, padding=2); self.f = nn.Linear(8, 3)
    def forward(self, x):                     # x: (N, T, 2)
        n, t, k = x.shape
        x = x.reshape(t, n, k).permute(1, 2, 0)  # bug
        x = x.permute(0, 2, 1)  # fix
        return self.f(torch.relu(self.c(x)).mean(-1))
net = Audio(); opt = torch.optim.Adam(net.parameters())
for i in range(5):
    x = torch.randn(20, 30, 2); y = torch.randint(0, 3, (20,))
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
