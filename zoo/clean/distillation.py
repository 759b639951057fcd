import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
T = 4.0
teacher = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 5))
student = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 5))
teacher.eval(); opt = torch.optim.Adam(student.parameters(), 1e-2)
for i in range(30):
    x = torch.randn(64, 10); y = torch.randint(0, 5, (64,))
    with torch.no_grad():
        soft = F.softmax(teacher(x) / T, -1)
    out = student(x)
    loss = F.kl_div(F.log_softmax(out / T, -1), soft, reduction="batchmean") * T * T + F.cross_entropy(out, y)
    opt.zero_grad(); loss.backward(); opt.step()
