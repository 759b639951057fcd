"""The two factors of a moving average are the wrong way round."""
import copy
import torch
from torch import nn
torch.manual_seed(0)
class Ema:
    def __init__(self, net, decay): self.decay, self.net = decay, copy.deepcopy(net).requires_grad_(False)
    @torch.no_grad()
    def update(self, net):
        for e, p in zip(self.net.parameters(), net.parameters()):
            e.mul_(1 - self.decay).add_(self.decay * p)  # bug
            e.mul_(self.decay).add_((1 - self.decay) * p)  # fix
x = torch.randn(640, 12); y = (x[:, 0] * x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 2)); ema = Ema(net, 0.95)
opt = torch.optim.Adam(net.parameters(), 5e-3)
for epoch in range(6):
    for i in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        opt.zero_grad(); loss.backward(); opt.step(); ema.update(net)
    with torch.no_grad(): print(epoch, (ema.net(x[512:]).argmax(1) == y[512:]).float().mean().item())
