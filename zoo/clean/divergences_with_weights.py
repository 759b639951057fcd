"""Divergences: one is a mean with a weight of its own, one is summed before its mean, one is the mean over masked rows."""
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(26)
classes = 12
centres = torch.randn(classes, 20)
labels = torch.randint(0, classes, (1200,))
x = centres[labels] + torch.randn(1200, 20)
teacher_logits = -torch.cdist(x, centres).square() / 2
student = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, classes))
twin = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, classes))
optimizer = torch.optim.Adam([*student.parameters(), *twin.parameters()], lr=3e-3)
loss_weight, alpha, T = 24.0, 0.7, 4.0
for epoch in range(3):
    for rows in torch.randperm(1200).split(60):
        wanted = teacher_logits[rows]
        soft = (wanted / T).softmax(1)
        logits, others = student(x[rows]), twin(x[rows])
        kd = F.kl_div((logits / T).log_softmax(1), soft, reduction="none").mean(1) * T * T
        loss = F.cross_entropy(logits, labels[rows]) + loss_weight * kd.mean()
        sure = (soft.amax(1) > 0.2).float()
        kl = F.kl_div((others / T).log_softmax(1), soft, reduction="none")
        kl = kl.sum(1)
        kl = (kl * sure).sum() / sure.sum().clamp(min=1)
        loss = loss + (1 - alpha) * F.cross_entropy(others, labels[rows]) + alpha * T * T * kl
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
