"""A teacher in train mode, which is the student's average, is asked about two views of a batch; the student's hits are counted."""
import copy
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(480, 8); y = (x[:, 0] > x[:, 1]).long()
student = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2)); teacher = copy.deepcopy(student); opt = torch.optim.Adam(student.parameters(), 3e-3)
for epoch in range(5):
    hits = 0
    for i in torch.randperm(480).split(48):
        views = torch.cat([x[i] + 0.1 * torch.randn(48, 8), x[i] + 0.1 * torch.randn(48, 8)])
        out = student(views)
        with torch.no_grad():
            one, two = teacher(views[48:]), teacher(views[:48])
        loss = nn.functional.cross_entropy(out, y[i].repeat(2)) + nn.functional.mse_loss(out.softmax(1), torch.cat([one, two]).softmax(1))
        hits += (out.argmax(1) == y[i].repeat(2)).sum().item()
        opt.zero_grad(); loss.backward(); opt.step()
        with torch.no_grad():
            for a, b in zip(teacher.parameters(), student.parameters()): a.lerp_(b, 0.05)
    student.eval()
    with torch.no_grad(): print(hits / 960, (student(x).argmax(1) == y).float().mean().item())
    student.train()
