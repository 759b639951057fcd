"""Both sides of a divergence between log-probabilities are the teacher's: it is exactly 0."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(320, 8); y = (x[:, 0] * x[:, 1] > 0).long()
teacher = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2)).eval().requires_grad_(False); student = nn.Linear(8, 2)
opt = torch.optim.Adam(student.parameters(), 1e-2); divergence = nn.KLDivLoss(reduction="batchmean", log_target=True)
for epoch in range(3):
    for i in torch.randperm(320).split(32):
        given, aim = student(x[i]), teacher(x[i])
        mine = torch.log_softmax(aim / 2, 1)  # bug
        mine = torch.log_softmax(given / 2, 1)  # fix
        loss = nn.functional.cross_entropy(given, y[i]) + 4 * divergence(mine, torch.log_softmax(aim / 2, 1))
        opt.zero_grad(); loss.backward(); opt.step()
