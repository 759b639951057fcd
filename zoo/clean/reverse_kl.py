import torch
from torch import nn
from torch.nn import functional as F
torch.manual_seed(0)
teacher = nn.Linear(6, 4).requires_grad_(False)
student = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))
opt = torch.optim.Adam(student.parameters(), lr=1e-2)
for step in range(60):
    x = torch.randn(32, 6)
    log_p, log_q = F.log_softmax(teacher(x), 1), F.log_softmax(student(x), 1)
    loss = F.kl_div(log_p, log_q, reduction="batchmean", log_target=True)
    opt.zero_grad()
    loss.backward()
    opt.step()
