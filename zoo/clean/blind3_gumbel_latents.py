"""Correct: gumbel latents."""
import math
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(85)
enc, dec = (nn.Linear(12, 15), nn.Linear(15, 12))
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters()], lr=0.005)
X = (torch.rand(400, 12) < 0.3).float()
for epoch in range(5):
    tau = max(0.5, 1 - 0.1 * epoch)
    for i in torch.randperm(400).split(20):
        q = enc(X[i]).view(-1, 3, 5)
        z = F.gumbel_softmax(q, tau, hard=True, dim=-1).flatten(1)
        lq = q.log_softmax(-1)
        kl = (lq.exp() * (lq + math.log(5))).sum((1, 2)).mean()
        loss = F.binary_cross_entropy_with_logits(dec(z), X[i], reduction='sum') / len(i) + kl
        opt.zero_grad()
        loss.backward()
        opt.step()
