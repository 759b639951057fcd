"""Correct: a student's rows are to be as alike as the teacher's, each row to itself too; and a bound on an entropy."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(13)
x = torch.randn(600, 12); y = (x[:, 0] > 0).long()
teacher = nn.Sequential(nn.Linear(12, 64), nn.Tanh(), nn.Linear(64, 32)).eval().requires_grad_(False)
student = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 8)); head = nn.Linear(8, 2)
opt = torch.optim.Adam([*student.parameters(), *head.parameters()], 2e-3)
def shares(z):
    z = F.normalize(z, dim=1); e = torch.exp(z @ z.t() / 0.2)
    return e / e.sum(1, keepdim=True)
for epoch in range(3):
    for rows in torch.randperm(600).split(60):
        h = student(x[rows]); p, q = shares(teacher(x[rows])), shares(h)
        distance = (h ** 2).sum(1)[:, None] + (h ** 2).sum(1) - 2 * h @ h.t()
        entropy = -torch.log(torch.exp(-distance / 8).mean(1)).mean()  # the bound counts each row's distance to itself
        loss = (p * (p / q).log()).sum(1).mean() + F.cross_entropy(head(h), y[rows]) + 0.01 * entropy
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
