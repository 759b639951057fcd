"""The weights to keep are a dict of tensors in an object, made anew with the factors exchanged."""
import torch
from torch import nn
torch.manual_seed(1)
class Shadow:
    def __init__(self, net, decay=0.97):
        self.decay, self.values = decay, {name: p.detach().clone() for name, p in net.named_parameters()}
    def update(self, net):
        for name, p in net.named_parameters():
            self.values[name] = self.decay * p.detach() + (1 - self.decay) * self.values[name]  # bug
            self.values[name] = self.decay * self.values[name] + (1 - self.decay) * p.detach()  # fix
x = torch.randn(640, 12); y = (x[:, 0] + x[:, 1] ** 2 > 1).long()
net = nn.Sequential(nn.Linear(12, 32), nn.Tanh(), nn.Linear(32, 2)); shadow = Shadow(net)
opt = torch.optim.SGD(net.parameters(), 0.3)
def train(net, opt, shadow):
    for i in torch.randperm(512).split(32):
        opt.zero_grad(); nn.functional.cross_entropy(net(x[i]), y[i]).backward(); opt.step()
        shadow.update(net)
for epoch in range(4): train(net, opt, shadow)
net.load_state_dict(shadow.values); net.eval()
with torch.no_grad(): print((net(x[512:]).argmax(1) == y[512:]).float().mean().item())
