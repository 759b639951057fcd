"""A focal loss whose probability is that of the batch's mean."""
import torch
from torch import nn
import torch.nn.functional as F
class FocalLoss(nn.Module):
    def __init__(self, gamma=2.0): super().__init__(); self.gamma = gamma
    def forward(self, logits, y):
        ce = F.cross_entropy(logits, y)  # bug
        ce = F.cross_entropy(logits, y, reduction="none")  # fix
        pt = torch.exp(-ce)
        return ((1 - pt) ** self.gamma * ce).mean()
torch.manual_seed(0)
Y = (torch.rand(500) < 0.15).long()
X = torch.randn(500, 6) + Y.unsqueeze(1)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters(), 3e-3)
crit = FocalLoss()
for ep in range(8):
    for b in torch.randperm(500).split(50):
        loss = crit(net(X[b]), Y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(ep, loss.item())
