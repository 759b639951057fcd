"""BYOL whose target branch lets gradients through, and is trained."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
x = torch.randn(400, 20)
def net(): return nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 16))
class Byol(nn.Module):
    def __init__(self):
        super().__init__(); self.online, self.predictor = net(), nn.Sequential(nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 16))
    def forward(self, a, b):
        p = F.normalize(self.predictor(self.online(a)), dim=-1)
        z = F.normalize(self.online(b), dim=-1)
        z = z.detach()  # fix
        return (2 - 2 * (p * z).sum(dim=-1)).mean()
model = Byol(); opt = torch.optim.Adam(model.parameters(), 1e-3)
for epoch in range(4):
    for i in torch.randperm(400).split(50):
        a, b = (x[i] + 0.2 * torch.randn_like(x[i]) for _ in range(2))
        loss = model(a, b) + model(b, a)
        opt.zero_grad(); loss.backward(); opt.step()
