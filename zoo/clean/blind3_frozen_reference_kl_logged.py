"""Correct: frozen reference kl logged."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(7)
import copy
pol = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 4))
ref = copy.deepcopy(pol).requires_grad_(False)
opt = torch.optim.Adam(pol.parameters(), 0.001)
X = torch.randn(200, 6)
for e in range(5):
    for i in torch.randperm(200).split(20):
        lp, lr = (pol(X[i]).log_softmax(1), ref(X[i]).log_softmax(1))
        a = torch.multinomial(lp.detach().exp(), 1)
        r = (a[:, 0] == 0).float()
        kl = F.kl_div(lr, lp, reduction='batchmean', log_target=True)
        drift = F.mse_loss(lp.detach(), lr)
        loss = -(lp.gather(1, a)[:, 0] * (r - r.mean())).mean() + 0.1 * kl
        opt.zero_grad()
        loss.backward()
        opt.step()
