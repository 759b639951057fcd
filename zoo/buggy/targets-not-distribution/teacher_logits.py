"""Distillation: the teacher's logits are given to kl_div as they are."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
teacher = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 5)).requires_grad_(False)
student = nn.Linear(10, 5)
optimizer = torch.optim.SGD(student.parameters(), lr=0.05)
for step in range(30):
    x = torch.randn(40, 10)
    goal = 4 * teacher(x)  # bug
    goal = (4 * teacher(x)).softmax(-1)  # fix
    loss = F.kl_div(student(x).log_softmax(-1), goal, reduction="batchmean")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
