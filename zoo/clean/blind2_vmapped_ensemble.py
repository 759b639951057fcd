import copy

import torch
import torch.nn.functional as F
from torch import nn
from torch.func import functional_call, stack_module_state, vmap

torch.manual_seed(27)
MEMBERS = 5


def make():
    return nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))


x = torch.cat([torch.rand(150, 1) * 1.5 - 2, torch.rand(150, 1) * 1.5 + 0.5])
y = torch.sin(2 * x) + 0.1 * torch.randn_like(x)
grid = torch.linspace(-2, 2, 81).unsqueeze(1)

models = [make() for _ in range(MEMBERS)]
skeleton = copy.deepcopy(models[0]).to("meta")
params, buffers = stack_module_state(models)
opt = torch.optim.Adam(params.values(), lr=5e-3)


def one(p, b, inputs):
    return functional_call(skeleton, (p, b), (inputs,))


for epoch in range(25):
    orders = torch.stack([torch.randperm(300) for _ in range(MEMBERS)])
    total = 0.0
    for idx in orders.split(30, dim=1):
        out = vmap(one)(params, buffers, x[idx])
        losses = F.mse_loss(out, y[idx], reduction="none").mean(dim=(1, 2))
        opt.zero_grad()
        losses.sum().backward()
        opt.step()
        total += losses.mean().item()
    if epoch % 6 == 0:
        print(epoch, round(total / 10, 4))

with torch.no_grad():
    curves = vmap(one, in_dims=(0, 0, None))(params, buffers, grid).squeeze(-1)
    spread = curves.std(0)
known = (grid.squeeze(1) < -0.5) | (grid.squeeze(1) > 0.5)
print("spread where data is", spread[known].mean().item(), "and where it is not", spread[~known].mean().item())
