"""Correct: rates that fall by the ratio of two epochs, a warm-up of all steps with warm restarts after it, MoCo's zeros."""
import math

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
views = torch.randn(512, 10)
query_net, key_net = nn.Linear(10, 8), nn.Linear(10, 8).requires_grad_(False)
key_net.load_state_dict(query_net.state_dict())
optimizer = torch.optim.SGD(query_net.parameters(), lr=0.05)
for group in optimizer.param_groups:
    group["base"] = group["lr"]
queue = F.normalize(torch.randn(15, 8), dim=1)
steps = 0
for epoch in range(1, 9):
    if epoch > 1:
        optimizer.param_groups[0]["base"] *= (0.9**epoch) / (0.9 ** (epoch - 1))
    for chosen in torch.randperm(512).split(16):
        steps += 1
        wave = 0.5 * (1 + math.cos(math.pi * (steps % 64) / 64))
        for group in optimizer.param_groups:
            group["lr"] = group["base"] * wave * min(1.0, steps / 20)
        noisy = views[chosen] + 0.2 * torch.randn(len(chosen), 10)
        query = F.normalize(query_net(views[chosen]), dim=1)
        with torch.no_grad():
            key = F.normalize(key_net(noisy), dim=1)
        logits = torch.cat([(query * key).sum(1, keepdim=True), query @ queue.T], 1) / 0.2
        loss = F.cross_entropy(logits, torch.zeros(len(chosen), dtype=torch.long))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for slow, fast in zip(key_net.parameters(), query_net.parameters()):
                slow.lerp_(fast, 0.01)
        queue = torch.cat([key, queue])[:15]
    print(f"epoch {epoch}: {loss.item():.3f}")
