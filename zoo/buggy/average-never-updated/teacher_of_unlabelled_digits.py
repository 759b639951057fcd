"""Thirty labelled digits, and a teacher that is meant to be the average of the student for the others."""
import copy

import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn


class Pair:
    def __init__(self, student, decay=0.98):
        self.student, self.decay = student, decay
        self.teacher = copy.deepcopy(student).requires_grad_(False)

    @torch.no_grad()
    def follow(self):
        for slow, fast in zip(self.teacher.parameters(), self.student.parameters()):
            slow.lerp_(fast, 1 - self.decay)

    def disagreement(self, x):
        with torch.no_grad():
            wanted = F.softmax(self.teacher(x + 0.1 * torch.randn_like(x)), dim=1)
        return F.mse_loss(F.softmax(self.student(x + 0.1 * torch.randn_like(x)), dim=1), wanted)


torch.manual_seed(0)
pixels, digits = load_digits(return_X_y=True)
x, y = torch.tensor(pixels / 8 - 1, dtype=torch.float32), torch.tensor(digits)
labelled, unlabelled, valid = torch.arange(100), torch.arange(100, 1300), torch.arange(1300, len(x))
pair = Pair(nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10)))
optimizer = torch.optim.Adam(pair.student.parameters(), lr=3e-3)
for epoch in range(10):
    for rows in unlabelled[torch.randperm(len(unlabelled))].split(60):
        few = labelled[torch.randint(len(labelled), (30,))]
        loss = F.cross_entropy(pair.student(x[few]), y[few]) + 5 * pair.disagreement(x[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        pair.follow()  # fix
    with torch.no_grad():
        print(epoch, f"{(pair.student(x[valid]).argmax(1) == y[valid]).float().mean():.3f}")
