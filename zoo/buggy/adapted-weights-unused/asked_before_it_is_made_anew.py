"""What a function adapts is not asked in training; in the evaluation the same name is, of another call."""
import torch
from torch import nn
from torch.func import functional_call
torch.manual_seed(1)
net = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 1)); start = dict(net.named_parameters()); opt = torch.optim.Adam(net.parameters(), 2e-3)
def adapt(weights, x, y):
    error = nn.functional.mse_loss(functional_call(net, weights, (x,)), y)
    slopes = torch.autograd.grad(error, weights.values(), create_graph=True)
    return {name: old - 0.05 * slope for (name, old), slope in zip(weights.items(), slopes)}
def draw(rows, height):
    x = 4 * torch.rand(rows, 1) - 2
    return x, height * torch.sin(2 * x)
for step in range(60):
    opt.zero_grad()
    for task in range(3):
        height = 2 * torch.rand(())
        mine = adapt(start, *draw(8, height)); x, y = draw(8, height)
        nn.functional.mse_loss(functional_call(net, start, (x,)), y).backward()  # bug
        nn.functional.mse_loss(functional_call(net, mine, (x,)), y).backward()  # fix
    opt.step()
height = torch.tensor(1.5)
mine = adapt(start, *draw(8, height)); x, y = draw(50, height)
print(nn.functional.mse_loss(functional_call(net, mine, (x,)), y).item())
