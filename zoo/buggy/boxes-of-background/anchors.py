"""The regression of boxes counts every anchor, matched or not."""
import torch
from torch import nn
torch.manual_seed(0)
N, A, C = 16, 24, 3
class Head(nn.Module):
    def __init__(self):
        super().__init__(); self.body = nn.Sequential(nn.Linear(20, 64), nn.ReLU()); self.cls = nn.Linear(64, A * (C + 1)); self.reg = nn.Linear(64, A * 4)
    def forward(self, x):
        h = self.body(x)
        return self.cls(h).view(-1, A, C + 1), self.reg(h).view(-1, A, 4)
net = Head(); opt = torch.optim.Adam(net.parameters(), 2e-3)
for step in range(40):
    x = torch.randn(N, 20)
    matched = torch.rand(N, A) < 0.15
    labels = torch.where(matched, torch.randint(1, C + 1, (N, A)), 0)
    wanted = torch.where(matched[..., None], torch.randn(N, A, 4) * 0.2 + x[:, None, :4], 0.0)
    scores, deltas = net(x)
    class_loss = nn.functional.cross_entropy(scores.flatten(0, 1), labels.flatten())
    reg_loss = nn.functional.smooth_l1_loss(deltas, wanted)  # bug
    reg_loss = nn.functional.smooth_l1_loss(deltas[matched], wanted[matched])  # fix
    opt.zero_grad(); (class_loss + reg_loss).backward(); opt.step()
