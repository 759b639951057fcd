"""Half of the weights of a former task are to stay as they are: their gradients are masked, and the momentum is not."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 12); y, z = (x[:, 0] > 0).long(), (x[:, 1] * x[:, 2] > 0).long()
net = nn.Sequential(nn.Linear(12, 32), nn.Tanh(), nn.Linear(32, 2)); opt = torch.optim.SGD(net.parameters(), 0.05, momentum=0.9)
def fit(labels, steps, kept=None):
    for _ in range(steps):
        i = torch.randint(0, 600, (50,)); loss = nn.functional.cross_entropy(net(x[i]), labels[i])
        opt.zero_grad(); loss.backward()
        if kept is not None:
            net[0].weight.grad[kept] = 0.0
        before = net[0].weight.detach().clone()
        opt.step()
        if kept is not None: net[0].weight.data[kept] = before[kept]  # fix
fit(y, 6)
large = net[0].weight.detach().abs() > net[0].weight.detach().abs().median()
fit(z, 40, large)
