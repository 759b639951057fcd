"""level: warning. An encoder is pretrained, frozen and thawed; the optimiser of the second stage was made while it was frozen."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh()), nn.Linear(32, 2))
def new_optimiser(): return torch.optim.Adam([param for param in net.parameters() if param.requires_grad], 3e-3)
def epoch(opt, x, y):
    net.train()
    for i in torch.randperm(len(x)).split(20):
        loss = nn.functional.cross_entropy(net(x[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad(): return (net(x).argmax(1) == y).float().mean()
x = torch.randn(400, 10); opt = new_optimiser()
for _ in range(4): epoch(opt, x, (x[:, 0] * x[:, 1] > 0).long())
net[1] = nn.Linear(32, 2); net[0].requires_grad_(False); opt = new_optimiser()
for number in range(8):
    if number == 3:
        net[0].requires_grad_(True)
        opt = new_optimiser()  # fix
    epoch(opt, x, (x[:, 1] * x[:, 2] > 0).long())
