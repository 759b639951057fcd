"""Clients of a federation train the server's net itself, and their states are one."""
import copy
import torch
from torch import nn
torch.manual_seed(0)
def train(net, x, y):
    opt = torch.optim.SGD(net.parameters(), 0.1)
    for i in torch.randperm(len(x)).split(20):
        opt.zero_grad(); nn.functional.cross_entropy(net(x[i]), y[i]).backward(); opt.step()
    return net.state_dict()
x = torch.randn(400, 6); y = (x.sum(1) > 0).long(); parts = [part for part in torch.arange(400).split(100)]
server = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
for turn in range(6):
    states = []
    for rows in parts:
        client = server  # bug
        client = copy.deepcopy(server)  # fix
        states.append(train(client, x[rows], y[rows]))
    server.load_state_dict({name: sum(state[name] for state in states) / len(states) for name in states[0]})
    with torch.no_grad(): print((server(x).argmax(1) == y).float().mean().item())
