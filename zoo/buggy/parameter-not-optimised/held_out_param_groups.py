# held out
import torch
from torch import nn
torch.manual_seed(0)
class TwoTower(nn.Module):
    def __init__(self):
        super().__init__(); self.query = nn.Linear(8, 16); self.doc = nn.Linear(10, 16); self.scale = nn.Parameter(torch.tensor(1.0))
    def forward(self, q, d): return (self.query(q) * self.doc(d)).sum(1) * self.scale
net = TwoTower()
groups = [{"params": net.query.parameters(), "lr": 1e-2}, {"params": [net.scale], "lr": 1e-3}]
groups.append({"params": net.doc.parameters(), "lr": 1e-2})  # fix
opt = torch.optim.Adam(groups)
for i in range(15):
    q, d = torch.randn(32, 8), torch.randn(32, 10); y = (q[:, 0] * d[:, 0] > 0).float()
    opt.zero_grad(); nn.functional.binary_cross_entropy_with_logits(net(q, d), y).backward(); opt.step()
