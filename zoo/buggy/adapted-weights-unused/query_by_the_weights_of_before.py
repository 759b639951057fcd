"""The query rows are asked of the weights before the inner steps."""
import torch
from torch import nn
from torch.func import functional_call
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 1)); opt = torch.optim.Adam(net.parameters(), 2e-3)
def task(): a, b = 1 + torch.rand(()), 3 * torch.rand(()); return lambda n: (lambda x: (x, a * torch.sin(x + b)))(6 * torch.rand(n, 1) - 3)
for step in range(80):
    total = 0.0
    for each in range(3):
        draw = task(); x, y = draw(10); xq, yq = draw(10)
        weights = dict(net.named_parameters()); fast = dict(weights)
        for inner in range(2):
            support = nn.functional.mse_loss(functional_call(net, fast, (x,)), y)
            slopes = torch.autograd.grad(support, list(fast.values()), create_graph=True)
            fast = {name: w - 0.05 * g for (name, w), g in zip(fast.items(), slopes)}
        total = total + nn.functional.mse_loss(functional_call(net, weights, (xq,)), yq)  # bug
        total = total + nn.functional.mse_loss(functional_call(net, fast, (xq,)), yq)  # fix
    opt.zero_grad(); total.backward(); opt.step()
print(float(total))
