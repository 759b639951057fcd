"""An optimiser of the program's own makes its buffer anew in each step."""
import torch
from torch import nn
torch.manual_seed(0)
class HeavyBall(torch.optim.Optimizer):
    def __init__(self, params, lr=0.05, beta=0.9): super().__init__(params, {"lr": lr, "beta": beta})
    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None: continue
                state = self.state[p]
                state["velocity"] = torch.zeros_like(p)  # bug
                state.setdefault("velocity", torch.zeros_like(p))  # fix
                state["velocity"].mul_(group["beta"]).add_(p.grad, alpha=1 - group["beta"])
                p.sub_(state["velocity"], alpha=group["lr"])
x = torch.randn(300, 8); y = (x[:, 0] * x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 2)); opt = HeavyBall(net.parameters())
for epoch in range(8):
    for i in torch.randperm(300).split(30):
        loss = nn.functional.cross_entropy(net(x[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
    print(loss.item())
