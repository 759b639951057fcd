"""A mean teacher: the student's raw outputs are compared with the teacher's probabilities."""
import copy
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
student = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3)); teacher = copy.deepcopy(student).requires_grad_(False)
opt = torch.optim.Adam(student.parameters(), 3e-3); X = torch.randn(400, 6); Y = X[:, :3].argmax(1)
for step in range(80):
    l, u = torch.randint(0, 60, (20,)), torch.randint(60, 400, (40,))
    with torch.no_grad(): q = F.softmax(teacher(X[u] + 0.1 * torch.randn(40, 6)), dim=1)
    p = student(X[u] + 0.1 * torch.randn(40, 6))
    consistency = F.mse_loss(p, q)  # bug
    consistency = F.mse_loss(p.softmax(dim=1), q)  # fix
    loss = F.cross_entropy(student(X[l]), Y[l]) + consistency
    opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad():
        for a, b in zip(teacher.parameters(), student.parameters()): a.mul_(0.98).add_(b, alpha=0.02)
