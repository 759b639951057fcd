import copy, io
import torch
from torch import nn
import torch.nn.utils.prune as prune
torch.manual_seed(0)
x = torch.randn(400, 10); y = (x[:, 0] * x[:, 1] > 0).long()
def train(net, epochs):
    opt = torch.optim.Adam(net.parameters(), 3e-3)
    for _ in range(epochs):
        for i in torch.randperm(320).split(40):
            loss = nn.functional.cross_entropy(net(x[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad(): return nn.functional.cross_entropy(net(x[320:]), y[320:]).item()
net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
first = copy.deepcopy(net.state_dict())
print("dense", train(net, 3)); trained = copy.deepcopy(net.state_dict())
net.load_state_dict(first); print("again", train(net, 3))
net.load_state_dict(trained); nn.init.normal_(net[4].weight, std=0.02); nn.init.zeros_(net[4].bias)
print("new head", train(net, 3))
net.load_state_dict(trained)
with torch.no_grad():
    for p in net.parameters(): p.mul_(0.6).add_(0.02 * torch.randn_like(p))
print("shrink and perturb", train(net, 3))
