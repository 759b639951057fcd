"""Top-1 routing; an expert may get no token in a batch, one gets none ever."""
import torch
from torch import nn
torch.manual_seed(0)
class MoE(nn.Module):
    def __init__(self, k=6):
        super().__init__()
        self.gate = nn.Linear(8, k); self.experts = nn.ModuleList(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3)) for _ in range(k))
        with torch.no_grad():
            self.gate.bias[5] = -100
    def forward(self, x):
        p = self.gate(x).softmax(1); w, i = p.max(1)
        out = x.new_zeros(len(x), 3)
        for k, e in enumerate(self.experts):
            m = i == k
            if m.any():
                out[m] = w[m, None] * e(x[m])
        return out
net = MoE(); opt = torch.optim.Adam(net.parameters(), 1e-2)
for s in range(30):
    x = torch.randn(64, 8); y = x[:, :3].argmax(1)
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
