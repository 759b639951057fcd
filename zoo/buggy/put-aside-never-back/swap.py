"""A shadow of the weights by name; apply puts the others aside, and they stay there."""
import torch
from torch import nn
class Shadow:
    def __init__(self, net, decay=0.9):
        self.net, self.decay, self.backup = net, decay, {}
        self.shadow = {name: param.data.clone() for name, param in net.named_parameters()}
    def update(self):
        for name, param in self.net.named_parameters(): self.shadow[name] = self.decay * self.shadow[name] + (1 - self.decay) * param.data
    def apply_shadow(self):
        for name, param in self.net.named_parameters():
            self.backup[name] = param.data.clone(); param.data = self.shadow[name].clone()
    def put_back(self):
        for name, param in self.net.named_parameters(): param.data = self.backup[name]
        self.backup = {}
def evaluate(net, shadow, x, y):
    shadow.apply_shadow()
    with torch.no_grad(): score = (net(x).argmax(1) == y).float().mean().item()
    shadow.put_back()  # fix
    return score
torch.manual_seed(0)
y = torch.randint(0, 3, (360,)); x = torch.randn(3, 10)[y] + torch.randn(360, 10)
net = nn.Sequential(nn.Linear(10, 40), nn.ReLU(), nn.Linear(40, 3)); shadow = Shadow(net); opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(8):
    for b in torch.randperm(300).split(30):
        loss = nn.functional.cross_entropy(net(x[b]), y[b]); opt.zero_grad(); loss.backward(); opt.step(); shadow.update()
    print(epoch, evaluate(net, shadow, x[300:], y[300:]))
