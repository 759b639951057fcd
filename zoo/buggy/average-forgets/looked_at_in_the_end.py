"""An average that is first called when training is over: it is the last weights."""
import copy
import torch
from torch import nn
torch.manual_seed(2)
x = torch.randn(400, 6); y = x[:, :1] * x[:, 1:2] + 0.1 * torch.randn(400, 1)
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1)); averaged = copy.deepcopy(net)
opt = torch.optim.Adam(net.parameters(), 1e-2); beta = 0.98
for step in range(120):
    i = torch.randint(0, 300, (50,))
    loss = (net(x[i]) - y[i]).pow(2).mean()
    opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad():
        for old, new in zip(averaged.parameters(), net.parameters()):
            old.copy_(torch.lerp(old, new, beta))  # bug
            old.copy_(torch.lerp(old, new, 1 - beta))  # fix
with torch.no_grad(): print((averaged(x[300:]) - y[300:]).pow(2).mean().item())
