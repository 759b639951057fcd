"""Beside the net: its weights of the step before (a penalty keeps near them), slow weights, and an average that starts quickly."""
import copy
import torch
from torch import nn
torch.manual_seed(0)
class Keeper:
    def __init__(self, net):
        self.before = [p.detach().clone() for p in net.parameters()]
        self.velocity = [torch.zeros_like(p) for p in net.parameters()]
        self.average, self.count = copy.deepcopy(net).requires_grad_(False), 0
    @torch.no_grad()
    def update(self, net):
        self.count += 1; decay = min(0.99, self.count / (self.count + 9))
        for a, b, v, p in zip(self.average.parameters(), self.before, self.velocity, net.parameters()):
            v.mul_(0.1).add_(0.9 * (p - b)); a.lerp_(p, 1 - decay)
        self.before = [p.detach().clone() for p in net.parameters()]
x = torch.randn(600, 8); y = (x[:, 0] * x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2)); keeper = Keeper(net)
slow = {name: p.detach().clone() for name, p in net.named_parameters()}
opt = torch.optim.SGD(net.parameters(), 0.2)
for step in range(100):
    i = torch.randint(0, 500, (50,))
    near = sum((p - b).pow(2).sum() for p, b in zip(net.parameters(), keeper.before))
    loss = nn.functional.cross_entropy(net(x[i]), y[i]) + 0.1 * near
    opt.zero_grad(); loss.backward(); opt.step(); keeper.update(net)
    if step % 5 == 4:
        with torch.no_grad():
            for name, p in net.named_parameters():
                slow[name] += 0.5 * (p - slow[name]); p.copy_(slow[name])
with torch.no_grad(): print((keeper.average(x[500:]).argmax(1) == y[500:]).float().mean().item())
