"""An optimiser around SGD that keeps the weights of before, and forgets to bring them back."""
import torch
from torch import nn
torch.manual_seed(0)
class SAM(torch.optim.Optimizer):
    def __init__(self, params, rho=0.1, **kwargs):
        super().__init__(params, dict(rho=rho, **kwargs))
        self.base = torch.optim.SGD(self.param_groups, **kwargs)
        self.old = {}
    @torch.no_grad()
    def climb(self):
        for group in self.param_groups:
            for p in group["params"]:
                self.old[p] = p.clone()
                p += group["rho"] * p.grad / (p.grad.norm() + 1e-12)
    @torch.no_grad()
    def step(self, closure=None):
        for p, old in self.old.items():
            old.copy_(p)  # bug
            p.copy_(old)  # fix
        self.base.step()
x = torch.randn(512, 10)
y = (x @ torch.randn(10, 1) + 0.1 * torch.randn(512, 1)).tanh()
net = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 1))
opt = SAM(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(6):
    for i in torch.randperm(512).split(64):
        nn.functional.mse_loss(net(x[i]), y[i]).backward()
        opt.climb(); opt.zero_grad()
        nn.functional.mse_loss(net(x[i]), y[i]).backward()
        opt.step(); opt.zero_grad()
