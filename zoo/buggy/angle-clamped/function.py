"""A head with a margin of angles, as a function; the angle is clamped in the place of the cosine."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(5)
labels = torch.randint(0, 5, (400,)); rows = torch.randn(5, 16)[labels] + torch.randn(400, 16)
body, centers = nn.Sequential(nn.Linear(16, 48), nn.ReLU(), nn.Linear(48, 12)), nn.Parameter(torch.randn(5, 12))
opt = torch.optim.SGD([*body.parameters(), centers], 0.05, momentum=0.9)
def with_margin(z, y, margin=0.2, scale=12.0):
    cosine = F.linear(F.normalize(z), F.normalize(centers))
    angle = torch.clamp(cosine.acos(), -1.0 + 1e-7, 1.0 - 1e-7)  # bug
    angle = torch.clamp(cosine, -1.0 + 1e-6, 1.0 - 1e-6).acos()  # fix
    angle = torch.where(F.one_hot(y, 5).bool(), angle + margin, angle)
    return scale * angle.cos()
for epoch in range(8):
    for b in torch.randperm(400).split(40):
        loss = F.cross_entropy(with_margin(body(rows[b]), labels[b]), labels[b]); opt.zero_grad(); loss.backward(); opt.step()
