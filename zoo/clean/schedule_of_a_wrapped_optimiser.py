"""The optimiser is wrapped by one that shares its groups, as accelerate does; the schedule is of the outer one."""
import torch
from torch import nn
torch.manual_seed(0)


class Wrapped(torch.optim.Optimizer):
    def __init__(self, inner):
        self.inner = inner

    @property
    def param_groups(self):
        return self.inner.param_groups

    @property
    def state(self):
        return self.inner.state

    def zero_grad(self, set_to_none=True):
        self.inner.zero_grad(set_to_none)

    def step(self, closure=None):
        self.inner.step(closure)


x = torch.randn(400, 8); y = x @ torch.randn(8)
net = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1))
inner = torch.optim.SGD(net.parameters(), 0.05)
optimiser = Wrapped(inner)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, 120)
for step in range(120):
    rows = torch.randint(0, 400, (32,))
    loss = (net(x[rows]).squeeze(1) - y[rows]).square().mean()
    optimiser.zero_grad(); loss.backward(); optimiser.step()
    schedule.step()
print(loss.item())
