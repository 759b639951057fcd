"""Both factors of an adapter begin at 0."""
import math
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(38)
class LoRALinear(nn.Module):
    def __init__(self, base, r=4, alpha=8):
        super().__init__()
        self.base, self.scale = base, alpha / r
        self.A = nn.Parameter(torch.zeros(r, base.in_features))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))  # fix
        self.B = nn.Parameter(torch.zeros(base.out_features, r))
        for p in base.parameters():
            p.requires_grad = False
    def forward(self, x):
        return self.base(x) + (x @ self.A.t() @ self.B.t()) * self.scale
base = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4))
net = nn.Sequential(LoRALinear(base[0]), nn.ReLU(), LoRALinear(base[2]))
opt = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=1e-2, weight_decay=0.0)
X = torch.randn(500, 16); Y = X[:, :4].argmax(1)
for epoch in range(4):
    for i in torch.randperm(500).split(25):
        loss = F.cross_entropy(net(X[i]), Y[i])
        opt.zero_grad(); loss.backward(); opt.step()
