"""Supervised contrast that subtracts the largest similarity of each row, which is its own, before exp: no effect."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(16)
net = nn.Sequential(nn.Linear(10, 48), nn.ReLU(), nn.Linear(48, 8))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
centres = torch.randn(5, 10)
for step in range(80):
    y = torch.randint(5, (48,))
    z = F.normalize(net(centres[y] + 0.5 * torch.randn(48, 10)), dim=1)
    logits = z @ z.T / 0.2
    largest, _ = logits.max(dim=1, keepdim=True)
    logits = logits - largest
    others = ~torch.eye(48, dtype=torch.bool)
    same = (y[:, None] == y) & others
    log_share = logits - (logits.exp() * others).sum(1, keepdim=True).log()
    loss = -((log_share * same).sum(1) / same.sum(1).clamp(min=1)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
