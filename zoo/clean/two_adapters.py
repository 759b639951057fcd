"""Two adapters in one net, of which one is trained and the other waits."""
import torch
from torch import nn
torch.manual_seed(0)
class Lo(nn.Module):
    def __init__(self, b):
        super().__init__(); self.b = b.requires_grad_(False); self.lora_A = nn.ModuleDict({k: nn.Linear(8, 2, bias=False) for k in "xy"}); self.lora_B = nn.ModuleDict({k: nn.Linear(2, 8, bias=False) for k in "xy"})
        for m in self.lora_B.values(): nn.init.zeros_(m.weight)
    def forward(self, h): return self.b(h) + self.lora_B["x"](self.lora_A["x"](h))
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), Lo(nn.Linear(8, 8)), nn.ReLU(), nn.Linear(8, 2)); net[0].requires_grad_(False)
for k, m in net[2].lora_A.items(): m.requires_grad_(k == "x")
for k, m in net[2].lora_B.items(): m.requires_grad_(k == "x")
opt = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], 1e-2)
for _ in range(15):
    x = torch.randn(16, 4); opt.zero_grad(); nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long()).backward(); opt.step()
