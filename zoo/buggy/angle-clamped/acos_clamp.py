"""ArcFace that clamps the angle in the place of the cosine."""
import torch
from torch import nn
import torch.nn.functional as F

class ArcMargin(nn.Module):
    def __init__(self, dim, classes, s=16.0, m=0.3): super().__init__(); self.w = nn.Parameter(torch.randn(classes, dim)); self.s, self.m = s, m
    def forward(self, x, y):
        logits = F.normalize(x) @ F.normalize(self.w).t()
        theta = torch.acos(logits).clamp(-1, 1)  # bug
        theta = torch.acos(logits.clamp(-1 + 1e-6, 1 - 1e-6))  # fix
        hot = F.one_hot(y, logits.shape[1])
        return self.s * torch.cos(theta + self.m * hot)

class Trainer:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 16)); self.head = ArcMargin(16, 6)
        self.opt = torch.optim.AdamW([*self.net.parameters(), *self.head.parameters()], 2e-3)
    def fit(self, x, y):
        for epoch in range(8):
            for b in torch.randperm(len(x)).split(48):
                loss = F.cross_entropy(self.head(self.net(x[b]), y[b]), y[b]); self.opt.zero_grad(); loss.backward(); self.opt.step()
            print(epoch, loss.item())
torch.manual_seed(0)
y = torch.randint(0, 6, (480,)); Trainer().fit(torch.randn(6, 20)[y] + torch.randn(480, 20), y)
