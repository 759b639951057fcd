import torch
from torch import nn
from torch.nn import functional as F
torch.manual_seed(0)
teacher = nn.Linear(6, 4).requires_grad_(False)
student = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))
opt = torch.optim.Adam(student.parameters(), lr=1e-2)
kl = nn.KLDivLoss(reduction="batchmean")
x = torch.randn(256, 6)
for epoch in range(4):
    for i in torch.randperm(256).split(32):
        p = F.softmax(teacher(x[i]), 1)
        log_q = F.log_softmax(student(x[i]), 1)
        loss = kl(p, log_q)  # bug
        loss = kl(log_q, p)  # fix
        opt.zero_grad()
        loss.backward()
        opt.step()
