import torch
from torch import nn
torch.manual_seed(0)
class LoRA(nn.Module):
    def __init__(self, base, r=4):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(r, base.in_features) * 0.1); self.B = nn.Parameter(torch.zeros(base.out_features, r))
    def forward(self, x):
        return self.base(x) + (x @ self.A.t()) @ self.B.t()
net = nn.Sequential(LoRA(nn.Linear(10, 32)), nn.ReLU(), LoRA(nn.Linear(32, 3)))
opt = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], 1e-2)
for s in range(30):
    x = torch.randn(64, 10); y = x[:, :3].argmax(1)
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
