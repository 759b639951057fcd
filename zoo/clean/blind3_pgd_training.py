"""Correct: pgd training."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(9)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
opt = torch.optim.SGD(net.parameters(), 0.1)
X = torch.randn(300, 8)
Y = X[:, :3].argmax(1)
for e in range(4):
    for i in torch.randperm(300).split(30):
        d = torch.zeros(30, 8, requires_grad=True)
        for k in range(3):
            g, = torch.autograd.grad(F.cross_entropy(net(X[i] + d), Y[i]), d)
            d = (d + 0.05 * g.sign()).clamp(-0.1, 0.1).detach().requires_grad_()
        loss = F.cross_entropy(net(X[i] + d.detach()), Y[i]) + 0.0
        opt.zero_grad()
        loss.backward()
        opt.step()
