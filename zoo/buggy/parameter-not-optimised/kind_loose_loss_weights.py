import torch
from torch import nn

torch.manual_seed(0)
body = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 2))
log_variance = nn.Parameter(torch.zeros(2))
optimizer = torch.optim.Adam(body.parameters(), lr=1e-3)  # bug
optimizer = torch.optim.Adam([*body.parameters(), log_variance], lr=1e-3)  # fix
for step in range(40):
    x = torch.randn(32, 6)
    out, y = body(x), torch.stack((x[:, 0], x[:, 1] * 5), 1)
    parts = ((out - y) ** 2).mean(0)
    loss = (parts * (-log_variance).exp() + log_variance).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
