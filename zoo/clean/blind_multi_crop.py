"""Self-distillation over several crops: crops stand one after the other in the first dimension."""
import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
student = nn.Sequential(
    nn.Conv2d(1, 12, 3, stride=2, padding=1), nn.ReLU(),
    nn.Conv2d(12, 24, 3, stride=2, padding=1), nn.ReLU(),
    nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(24, 16),
)
teacher = copy.deepcopy(student).requires_grad_(False)
opt = torch.optim.AdamW(student.parameters(), lr=2e-3)
ax = torch.arange(20.0)


def pictures(n):
    cx, cy, r = torch.rand(3, n, 1, 1)
    distance = (ax[None, None] - 4 - 12 * cx) ** 2 + (ax[None, :, None] - 4 - 12 * cy) ** 2
    return torch.exp(-distance / (4 + 20 * r)).unsqueeze(1)


def crop(x, size):
    i, j = torch.randint(0, 21 - size, (2,)).tolist()
    return x[:, :, i:i + size, j:j + size] + 0.05 * torch.randn(len(x), 1, size, size)


with torch.no_grad():
    centre = teacher(pictures(64)).mean(0, keepdim=True)
for step in range(40):
    x = pictures(32)
    large = [crop(x, 16) for _ in range(2)]
    small = [crop(x, 8) for _ in range(4)]
    with torch.no_grad():
        raw = teacher(torch.cat(large))
        aims = F.softmax((raw - centre) / 0.02, dim=-1).chunk(2)
    views = [*student(torch.cat(large)).chunk(2), *student(torch.cat(small)).chunk(4)]
    terms = [-(aim * F.log_softmax(view / 0.05, -1)).sum(-1).mean()
             for i, aim in enumerate(aims) for j, view in enumerate(views) if i != j]
    loss = sum(terms) / len(terms)
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        centre = 0.9 * centre + 0.1 * raw.mean(0, keepdim=True)
        for t, s in zip(teacher.parameters(), student.parameters()):
            t.mul_(0.99).add_(s, alpha=0.01)
    if step % 10 == 0:
        print(step, loss.item())
