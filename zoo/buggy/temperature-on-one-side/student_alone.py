"""The student's logits are divided by the temperature, the teacher's are not."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
x = torch.randn(600, 10); y = (x[:, 0] > 0).long() + 2 * (x[:, 1] > 0).long()
teacher = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 4)); opt = torch.optim.Adam(teacher.parameters(), 5e-3)
for epoch in range(3):
    for i in torch.randperm(600).split(60):
        loss = F.cross_entropy(teacher(x[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
teacher.eval().requires_grad_(False); T = 3.0
student = nn.Sequential(nn.Linear(10, 8), nn.ReLU(), nn.Linear(8, 4)); opt = torch.optim.Adam(student.parameters(), 5e-3)
for epoch in range(3):
    for i in torch.randperm(600).split(60):
        soft = F.softmax(teacher(x[i]), dim=1)  # bug
        soft = F.softmax(teacher(x[i]) / T, dim=1)  # fix
        loss = T * T * F.kl_div(F.log_softmax(student(x[i]) / T, dim=1), soft, reduction="batchmean")
        opt.zero_grad(); loss.backward(); opt.step()
