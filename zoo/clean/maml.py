import torch
from torch import nn
from torch.func import functional_call
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 20), nn.ReLU(), nn.Linear(20, 1)); meta = torch.optim.Adam(net.parameters(), 1e-3)
for it in range(12):
    total = 0.0
    for task in range(3):
        ph = torch.rand(1) * 3
        x = torch.rand(10, 1) * 6 - 3; y = torch.sin(x + ph)
        params = dict(net.named_parameters())
        loss = nn.functional.mse_loss(functional_call(net, params, (x,)), y)
        grads = torch.autograd.grad(loss, tuple(params.values()), create_graph=True)
        fast = {k: p - 0.01 * g for (k, p), g in zip(params.items(), grads)}
        x2 = torch.rand(10, 1) * 6 - 3
        total = total + nn.functional.mse_loss(functional_call(net, fast, (x2,)), torch.sin(x2 + ph))
    meta.zero_grad(); total.backward(); meta.step()
