"""Logits of a trained net are kept in a dictionary, the first time that a batch's number comes up."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(21)
y = torch.randint(5, (600,))
x = torch.randn(5, 14)[y] + 0.9 * torch.randn(600, 14)


def net_of(width):
    return nn.Sequential(nn.Linear(14, width), nn.ReLU(), nn.Linear(width, 5))


class Distillation:
    def __init__(self, teacher):
        self.teacher, self.soft = teacher.eval(), {}

    def labels(self, number, rows):
        with torch.no_grad():
            if number not in self.soft:  # bug
                self.soft[number] = self.teacher(rows)  # bug
            return self.soft[number]  # bug
            return self.teacher(rows)  # fix


teacher, student = net_of(80), net_of(6)
optimizer = torch.optim.Adam(teacher.parameters(), lr=5e-3)
for _ in range(60):
    rows = torch.randint(600, (50,))
    loss = F.cross_entropy(teacher(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
loader, guide = DataLoader(TensorDataset(x, y), batch_size=30, shuffle=True), Distillation(teacher)
optimizer = torch.optim.Adam(student.parameters(), lr=5e-3)
for epoch in range(6):
    for number, (rows, labels) in enumerate(loader):
        logits, wanted = student(rows), guide.labels(number, rows)
        apart = F.kl_div((logits / 2).log_softmax(1), (wanted / 2).softmax(1), reduction="batchmean")
        loss = F.cross_entropy(logits, labels) + 4 * apart
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
