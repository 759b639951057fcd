import torch
from torch import nn
class SAM(torch.optim.Optimizer):
    def __init__(self, params, base, rho=0.05, **kw):
        super().__init__(params, dict(rho=rho, **kw))
        self.base = base(self.param_groups, **kw)
        self.param_groups = self.base.param_groups
    @torch.no_grad()
    def step(self, closure):
        closure = torch.enable_grad()(closure)
        norm = torch.stack([p.grad.norm() for g in self.param_groups for p in g["params"]]).norm()
        old = []
        for g in self.param_groups:
            for p in g["params"]:
                e = p.grad * (0.05 / (norm + 1e-12)); p.add_(e); old.append((p, e))
        self.zero_grad()
        closure()
        for p, e in old: p.sub_(e)
        self.base.step()
        self.zero_grad()
torch.manual_seed(0)
X = torch.randn(320, 10); Y = (X[:, 0] + X[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
opt = SAM(net.parameters(), torch.optim.SGD, lr=0.1)
for epoch in range(4):
    for i in range(0, 320, 32):
        x, y = X[i:i+32], Y[i:i+32]
        def closure():
            loss = nn.functional.cross_entropy(net(x), y); loss.backward(); return loss
        nn.functional.cross_entropy(net(x), y).backward()
        opt.step(closure)
