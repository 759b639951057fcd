"""Correct: blank last."""
import torch
import torch.nn as nn
torch.manual_seed(65)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
opt = torch.optim.Adam(net.parameters(), lr=0.001)
ctc = nn.CTCLoss(blank=7)
x = torch.randn(100, 15, 10)
t = torch.randint(0, 7, (100, 3))
for epoch in range(6):
    for i in torch.randperm(100).split(10):
        lp = net(x[i]).log_softmax(-1).permute(1, 0, 2)
        loss = ctc(lp, t[i], torch.full((10,), 15), torch.full((10,), 3))
        opt.zero_grad()
        loss.backward()
        opt.step()
