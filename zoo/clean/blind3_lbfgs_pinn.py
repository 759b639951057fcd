"""Correct: lbfgs pinn."""
import torch
import torch.nn as nn
torch.manual_seed(72)
net = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 20), nn.Tanh(), nn.Linear(20, 1))
opt = torch.optim.LBFGS(net.parameters(), lr=0.5, max_iter=10)
x = torch.linspace(0, 2, 50)[:, None].requires_grad_()

def closure():
    opt.zero_grad()
    u = net(x)
    du, = torch.autograd.grad(u.sum(), x, create_graph=True)
    loss = ((du + u) ** 2).mean() + (net(torch.zeros(1, 1)) - 1).pow(2).mean()
    loss.backward()
    return loss
for it in range(12):
    opt.step(closure)
