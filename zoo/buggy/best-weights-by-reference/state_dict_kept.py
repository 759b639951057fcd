import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
x = torch.randn(200, 5); y = x.sum(1, keepdim=True)
best, best_state = 1e9, None
import copy
for e in range(20):
    opt.zero_grad(); nn.functional.mse_loss(net(x[:150]), y[:150]).backward(); opt.step()
    with torch.no_grad():
        v = nn.functional.mse_loss(net(x[150:]), y[150:]).item()
    if v < best and e < 15:
        best, best_state = v, net.state_dict()  # bug
        best, best_state = v, copy.deepcopy(net.state_dict())  # fix
net.load_state_dict(best_state)
