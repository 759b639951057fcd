"""Nobody called eval() on the teacher."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
def mlp(w): return nn.Sequential(nn.Linear(10, w), nn.BatchNorm1d(w), nn.ReLU(), nn.Dropout(0.4), nn.Linear(w, 4))
X = torch.randn(400, 10)
Y = X[:, :4].argmax(1)
teacher = mlp(64)
o = torch.optim.Adam(teacher.parameters(), 5e-3)
for b in list(torch.randperm(400).split(40)) * 4:
    o.zero_grad()
    F.cross_entropy(teacher(X[b]), Y[b]).backward()
    o.step()
teacher.eval()  # fix
for p in teacher.parameters(): p.requires_grad_(False)
student = mlp(16)
o = torch.optim.Adam(student.parameters(), 5e-3)
for ep in range(8):
    student.train()
    for b in torch.randperm(400).split(40):
        with torch.no_grad(): soft = F.softmax(teacher(X[b]), 1)
        out = student(X[b])
        loss = 0.5 * F.cross_entropy(out, Y[b]) + 0.5 * F.kl_div(F.log_softmax(out, 1), soft, reduction="batchmean")
        o.zero_grad()
        loss.backward()
        o.step()
print(loss.item())
