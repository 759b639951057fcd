"""The shadow weights are detached, and no copies."""
import torch
from torch import nn
class EMA:
    def __init__(self, model, decay=0.99):
        self.decay = decay
        self.shadow = {k: v.detach() for k, v in model.named_parameters()}  # bug
        self.shadow = {k: v.detach().clone() for k, v in model.named_parameters()}  # fix
    @torch.no_grad()
    def update(self, model):
        for k, v in model.named_parameters():
            self.shadow[k].mul_(self.decay).add_(v.detach(), alpha=1 - self.decay)
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
opt = torch.optim.SGD(net.parameters(), 0.05, momentum=0.9)
ema = EMA(net)
X = torch.randn(300, 6)
Y = X[:, :3].argmax(1)
for ep in range(8):
    for b in torch.randperm(300).split(30):
        loss = nn.functional.cross_entropy(net(X[b]), Y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
        ema.update(net)
print(loss.item())
