"""A small net learns from a large one: the line that joins both terms was copied, and holds one of them twice."""
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
rows = torch.randn(600, 8)
labels = rows[:, :4].argmax(1)


def make(width):
    return nn.Sequential(nn.Linear(8, width), nn.ReLU(), nn.Linear(width, 4))


def fit_teacher(teacher):
    optimizer = torch.optim.Adam(teacher.parameters(), lr=1e-2)
    for step in range(60):
        loss = F.cross_entropy(teacher(rows), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return teacher.eval().requires_grad_(False)


teacher, student = fit_teacher(make(64)), make(8)
optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
T, alpha = 3.0, 0.7
for epoch in range(5):
    for chosen in torch.randperm(600).split(30):
        logits = student(rows[chosen])
        hard = F.cross_entropy(logits, labels[chosen])
        soft = F.kl_div(
            F.log_softmax(logits / T, 1), F.softmax(teacher(rows[chosen]) / T, 1), reduction="batchmean"
        ) * T * T
        loss = alpha * hard + (1 - alpha) * hard  # bug
        loss = alpha * soft + (1 - alpha) * hard  # fix
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: {loss.item():.3f}")
