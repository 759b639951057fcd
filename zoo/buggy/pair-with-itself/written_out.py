"""level: warning. NT-Xent written out: each row's similarity to itself stays in the sum."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(9)
x = torch.randn(600, 12); tau = 0.3
net = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 16)); opt = torch.optim.Adam(net.parameters(), 1e-3)
def contrast(a, b):
    rows = F.normalize(torch.cat([a, b]), dim=1); n = len(a)
    e = torch.exp(rows @ rows.T / tau)
    e = e * (1 - torch.eye(2 * n))  # fix
    positive = torch.cat([e.diagonal(n), e.diagonal(-n)])
    return -(positive / e.sum(dim=1)).log().mean()
for epoch in range(4):
    for rows in torch.randperm(600).split(60):
        a, b = (x[rows] + 0.1 * torch.randn(len(rows), 12) for _ in range(2))
        loss = contrast(net(a), net(b)); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
