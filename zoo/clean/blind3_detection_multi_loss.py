"""Correct: detection multi loss."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(80)

class Det(nn.Module):

    def __init__(self):
        super().__init__()
        self.b = nn.Sequential(nn.Conv2d(1, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 16, 3, 2, 1), nn.ReLU())
        self.c, self.r = (nn.Conv2d(16, 3, 1), nn.Conv2d(16, 4, 1))

    def forward(self, x):
        f = self.b(x)
        return {'cls': self.c(f).flatten(2).transpose(1, 2), 'box': self.r(f).flatten(2).transpose(1, 2)}
net = Det()
opt = torch.optim.AdamW(net.parameters(), lr=0.002)
X = torch.rand(160, 1, 16, 16)
lab = torch.zeros(160, 16, dtype=torch.long)
box = torch.rand(160, 16, 4)
pos = torch.rand(160, 16) < 0.1
lab[pos] = torch.randint(1, 3, (int(pos.sum()),))
for epoch in range(6):
    for i in torch.randperm(160).split(16):
        o = net(X[i])
        p = pos[i]
        lc = F.cross_entropy(o['cls'].transpose(1, 2), lab[i], weight=torch.tensor([0.2, 1, 1]))
        lb = F.smooth_l1_loss(o['box'][p], box[i][p], reduction='sum') / p.sum().clamp(min=1)
        opt.zero_grad()
        (lc + lb).backward()
        opt.step()
