"""Bootstrapped views: encoder and head are variables of their own, and so are their slow copies."""
import copy
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(2)
encoder = nn.Sequential(nn.Linear(20, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 32))
head = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 16))
predictor = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 16))
slow_encoder, slow_head = copy.deepcopy(encoder), copy.deepcopy(head)
for param in [*slow_encoder.parameters(), *slow_head.parameters()]:
    param.requires_grad = False
weights = [*encoder.parameters(), *head.parameters(), *predictor.parameters()]
optimizer = torch.optim.AdamW(weights, lr=1e-3)


@torch.no_grad()
def move_slow_copies(rate=0.02):
    for slow, fast in ((slow_encoder, encoder),):  # bug
    for slow, fast in ((slow_encoder, encoder), (slow_head, head)):  # fix
        for s, f in zip(slow.parameters(), fast.parameters()):
            s.data.mul_(1 - rate).add_(f.data, alpha=rate)
        for s, f in zip(slow.buffers(), fast.buffers()):
            s.copy_(f)


def to_be_alike(a, b):
    p = F.normalize(predictor(head(encoder(a))), dim=1)
    with torch.no_grad():
        z = F.normalize(slow_head(slow_encoder(b)), dim=1)
    return 2 - 2 * (p * z).sum(1).mean()


centres = torch.randn(8, 20)
for step in range(160):
    x = centres[torch.randint(8, (64,))] + 0.3 * torch.randn(64, 20)
    a, b = (x + 0.2 * torch.randn_like(x) for _ in range(2))
    loss = to_be_alike(a, b) + to_be_alike(b, a)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    move_slow_copies()
    if step % 40 == 0:
        print(step, loss.item())
