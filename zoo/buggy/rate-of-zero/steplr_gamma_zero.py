"""A schedule that is switched off by gamma=0."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(33)
X = torch.randn(400, 6); Y = X[:, :1].sin()
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
use_scheduler = False
gamma = 0.5 if use_scheduler else 0  # bug
gamma = 0.5 if use_scheduler else 1  # fix
sched = torch.optim.lr_scheduler.StepLR(opt, step_size=3, gamma=gamma)
for epoch in range(8):
    for i in torch.randperm(400).split(25):
        loss = F.mse_loss(net(X[i]), Y[i])
        opt.zero_grad(); loss.backward(); opt.step()
    sched.step()
