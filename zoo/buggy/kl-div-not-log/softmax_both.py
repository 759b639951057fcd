"""Distillation: kl_div of two softmaxes."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
teacher = nn.Sequential(nn.Linear(10, 50), nn.ReLU(), nn.Linear(50, 4)).eval()
for p in teacher.parameters():
    p.requires_grad_(False)
student = nn.Linear(10, 4)
opt = torch.optim.Adam(student.parameters(), lr=0.01)
T = 2.0
for step in range(20):
    x = torch.randn(64, 10)
    with torch.no_grad():
        soft = F.softmax(teacher(x) / T, dim=1)
    s = F.softmax(student(x) / T, dim=1)  # bug
    s = F.log_softmax(student(x) / T, dim=1)  # fix
    loss = nn.KLDivLoss(reduction="batchmean")(s, soft) * T * T
    opt.zero_grad()
    loss.backward()
    opt.step()
