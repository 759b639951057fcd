"""A cosine that counts from the first step, after a warm-up of a third of the run."""
import math
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
EPOCHS, WARMUP, BASE, STEPS = 12, 4, 3e-3, 8

def rate(step):
    warm, total = WARMUP * STEPS, EPOCHS * STEPS
    if step < warm: return BASE * (step + 1) / warm
    return 0.5 * BASE * (1 + math.cos(math.pi * step / total))  # bug
    return 0.5 * BASE * (1 + math.cos(math.pi * (step - warm) / (total - warm)))  # fix

y = torch.randint(0, 5, (320,)); x = torch.randn(5, 16)[y] + torch.randn(320, 16)
net = nn.Sequential(nn.Linear(16, 64), nn.GELU(), nn.Linear(64, 5)); optimizer = torch.optim.AdamW(net.parameters(), lr=BASE)
it = 0
for epoch in range(EPOCHS):
    for rows in torch.randperm(320).split(40):
        for group in optimizer.param_groups: group["lr"] = rate(it)
        loss = F.cross_entropy(net(x[rows]), y[rows]); optimizer.zero_grad(); loss.backward(); optimizer.step(); it += 1
    print(epoch, optimizer.param_groups[0]["lr"], loss.item())
