"""All but the head is frozen after the low-rank factors were put in."""
import torch
from torch import nn
torch.manual_seed(0)
class Low(nn.Module):
    def __init__(self, base, r=4):
        super().__init__(); self.base = base
        self.down = nn.Linear(base.in_features, r, bias=False); self.up = nn.Linear(r, base.out_features, bias=False)
        nn.init.zeros_(self.up.weight)
    def forward(self, x): return self.base(x) + self.up(self.down(x))
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 3))
for p in net.parameters(): p.requires_grad = False  # fix
net[0], net[2] = Low(net[0]), Low(net[2])
for name, p in net.named_parameters():  # bug
    p.requires_grad = name.startswith("4.")  # bug
for p in net[4].parameters(): p.requires_grad = True  # fix
opt = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=1e-3)
x = torch.randn(400, 12); y = x[:, :3].argmax(1)
for epoch in range(3):
    for i in torch.randperm(400).split(40):
        loss = nn.functional.cross_entropy(net(x[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
