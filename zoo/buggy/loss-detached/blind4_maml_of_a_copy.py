"""MAML's inner step writes through .data of a copy, to which the gradients are asked by a generator of its parameters."""
import copy
import torch
from torch import nn
from torch.func import functional_call
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 1)); opt = torch.optim.Adam(net.parameters(), 2e-3); mse = nn.functional.mse_loss
def adapted(x, y):
    fast = copy.deepcopy(net)  # bug
    gradients = torch.autograd.grad(mse(fast(x), y), fast.parameters(), create_graph=True)  # bug
    for weight, gradient in zip(fast.parameters(), gradients): weight.data -= 0.02 * gradient  # bug
    return fast  # bug
    names = [name for name, _ in net.named_parameters()]  # fix
    gradients = torch.autograd.grad(mse(net(x), y), net.parameters(), create_graph=True)  # fix
    fast = {name: weight - 0.02 * gradient for name, weight, gradient in zip(names, net.parameters(), gradients)}  # fix
    return lambda inputs: functional_call(net, fast, (inputs,))  # fix
for step in range(60):
    loss = 0.0
    for task in range(4):
        x = torch.rand(15, 1) * 8 - 4; y = (1 + torch.rand(1)) * torch.sin(x + 3 * torch.rand(1))
        loss = loss + mse(adapted(x[:5], y[:5])(x[5:]), y[5:])
    opt.zero_grad(); loss.backward(); opt.step()
