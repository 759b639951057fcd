"""The average waits for a number of updates that nobody counts."""
import copy
import torch
from torch import nn
torch.manual_seed(0)
class Averager:
    def __init__(self, net, decay): self.net, self.decay, self.updates = copy.deepcopy(net), decay, 0
    def update(self, net):
        self.updates += 1  # fix
        if self.updates < 5: return
        for e, p in zip(self.net.state_dict().values(), net.state_dict().values()):
            e.copy_(self.decay * e + (1 - self.decay) * p)
x = torch.randn(640, 12); y = (x[:, 0] * x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 2)); ema = Averager(net, 0.9); ema_net = ema.net
opt = torch.optim.Adam(net.parameters(), 5e-3)
for epoch in range(6):
    for i in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        opt.zero_grad(); loss.backward(); opt.step(); ema.update(net)
    with torch.no_grad(): print(epoch, (ema_net(x[512:]).argmax(1) == y[512:]).float().mean().item())
