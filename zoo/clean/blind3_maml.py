"""Correct: maml."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(61)
w1, b1 = (nn.Parameter(torch.randn(1, 20) * 0.5), nn.Parameter(torch.zeros(20)))
w2, b2 = (nn.Parameter(torch.randn(20, 1) * 0.2), nn.Parameter(torch.zeros(1)))
params = [w1, b1, w2, b2]
meta = torch.optim.Adam(params, lr=0.001)

def f(x, p):
    return torch.tanh(x @ p[0] + p[1]) @ p[2] + p[3]
for it in range(40):
    meta.zero_grad()
    for task in range(4):
        phase = torch.rand(()) * 3
        xs, xq = (torch.rand(10, 1) * 6 - 3, torch.rand(10, 1) * 6 - 3)
        inner = F.mse_loss(f(xs, params), torch.sin(xs + phase))
        grads = torch.autograd.grad(inner, params, create_graph=True)
        fast = [p - 0.05 * g for p, g in zip(params, grads)]
        outer = F.mse_loss(f(xq, fast), torch.sin(xq + phase)) / 4
        outer.backward()
    meta.step()
