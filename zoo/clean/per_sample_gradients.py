import torch
from torch import nn
from torch.func import functional_call, grad, vmap
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 2)); opt = torch.optim.SGD(net.parameters(), 0.1)
def loss(params, x, y):
    return nn.functional.cross_entropy(functional_call(net, params, (x[None],)), y[None])
for s in range(15):
    x = torch.randn(16, 6); y = (x[:, 0] > 0).long()
    g = vmap(grad(loss), (None, 0, 0))({k: v.detach() for k, v in net.named_parameters()}, x, y)
    for k, p in net.named_parameters():
        c = (1 / g[k].flatten(1).norm(dim=1).clamp_min(1)).view(-1, *[1] * p.dim())
        p.grad = (g[k] * c).mean(0)
    opt.step()
