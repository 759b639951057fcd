"""The mean of the gradients is computed in each step, and not put back into the state."""
import torch
from torch import nn
torch.manual_seed(1)
class Mean(torch.optim.Optimizer):
    def __init__(self, params, lr=0.1, share=0.2): super().__init__(params, {"lr": lr, "share": share})
    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]; state.setdefault("mean", p.grad.clone())
                mean = state["mean"].lerp(p.grad, group["share"])  # bug
                mean = state["mean"].lerp_(p.grad, group["share"])  # fix
                p.sub_(mean, alpha=group["lr"])
x = torch.randn(320, 8); y = (x[:, :4].sum(1) > 0).long()
net = nn.Sequential(nn.Linear(8, 24), nn.Tanh(), nn.Linear(24, 2)); opt = Mean(net.parameters())
for epoch in range(6):
    for i in torch.randperm(320).split(32):
        loss = nn.functional.cross_entropy(net(x[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
    print(loss.item())
