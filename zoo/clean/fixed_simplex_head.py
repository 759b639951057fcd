"""The classifier is a simplex that stays as it is, behind a trained body that is frozen but for its norm."""

import torch
from torch import nn

torch.manual_seed(2)
body = nn.Sequential(nn.Linear(8, 16), nn.LayerNorm(16), nn.ReLU())
old = nn.Sequential(body, nn.Linear(16, 3))
rows = torch.randn(400, 8)


def fit(net, labels):
    optimizer = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=1e-2)
    for _ in range(70):
        pick = torch.randint(0, 400, (40,))
        loss = nn.functional.cross_entropy(net(rows[pick]), labels[pick])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


fit(old, rows[:, :3].argmax(1))
simplex = nn.Linear(16, 4, bias=False).requires_grad_(False)
basis = torch.linalg.qr(torch.randn(16, 4))[0]
simplex.weight.copy_(3 * (basis - basis.mean(1, keepdim=True)).T)
body[0].requires_grad_(False)
print("loss", fit(nn.Sequential(body, simplex), rows[:, 4:].argmax(1)))
