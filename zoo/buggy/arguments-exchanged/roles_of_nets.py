"""A small net learns from a large one."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Distiller(nn.Module):
    def __init__(self, student, teacher):
        super().__init__()
        self.teacher = student  # bug
        self.student = teacher  # bug
        self.teacher = teacher  # fix
        self.student = student  # fix

    def forward(self, x, y, t=3.0):
        with torch.no_grad():
            target = F.softmax(self.teacher(x) / t, 1)
        logits = self.student(x)
        soft = F.kl_div(F.log_softmax(logits / t, 1), target, reduction="batchmean") * t * t
        return 0.3 * F.cross_entropy(logits, y) + 0.7 * soft


x = torch.randn(1024, 12)
y = (x @ torch.randn(12, 5)).argmax(1)
teacher = nn.Sequential(nn.Linear(12, 128), nn.ReLU(), nn.Linear(128, 5))
student = nn.Sequential(nn.Linear(12, 6), nn.ReLU(), nn.Linear(6, 5))
opt = torch.optim.Adam(teacher.parameters(), lr=3e-3)
for step in range(80):
    b = torch.randint(1024, (64,))
    opt.zero_grad()
    F.cross_entropy(teacher(x[b]), y[b]).backward()
    opt.step()
distiller = Distiller(student=student, teacher=teacher)
opt = torch.optim.Adam(distiller.student.parameters(), lr=3e-3)
for step in range(120):
    b = torch.randint(1024, (64,))
    loss = distiller(x[b], y[b])
    opt.zero_grad()
    loss.backward()
    opt.step()
student.eval()
with torch.no_grad():
    print("student accuracy", (student(x).argmax(1) == y).float().mean().item())
