"""Correct: ctc concatenated padding."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(5)
net = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 6))
opt = torch.optim.Adam(net.parameters(), 0.001)
X = torch.randn(80, 14, 8)
L = torch.randint(1, 5, (80,))
T = torch.randint(1, 6, (80, 4))
T[torch.arange(4)[None] >= L[:, None]] = 0
for e in range(6):
    for k, i in enumerate(torch.randperm(80).split(10)):
        lp = net(X[i]).log_softmax(2).transpose(0, 1)
        t = T[i] if k % 2 else T[i][T[i] > 0]
        loss = F.ctc_loss(lp, t, torch.full((10,), 14), L[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
