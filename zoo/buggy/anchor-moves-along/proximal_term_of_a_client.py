"""FedProx: the proximal term holds the client's weights near the client's own."""
import torch
import torch.nn as nn
import copy
torch.manual_seed(0)
def net(): return nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 2))
g = net(); clients = []
for c in range(4):
    X = torch.randn(160, 8) + .5 * c; clients.append((X, (X[:, 0] > .5 * c).long()))
mu = .1
for rnd in range(5):
    states = []
    for X, y in clients:
        local = copy.deepcopy(g); optimizer = torch.optim.SGD(local.parameters(), .1)
        for i in torch.randperm(160).split(20):
            prox = 0.
            for w, w0 in zip(local.parameters(), local.parameters()): # bug
            for w, w0 in zip(local.parameters(), g.parameters()): # fix
                prox = prox + (w - w0.detach()).pow(2).sum()
            loss = nn.functional.cross_entropy(local(X[i]), y[i]) + mu / 2 * prox; optimizer.zero_grad(); loss.backward(); optimizer.step()
        states.append(copy.deepcopy(local.state_dict()))
    g.load_state_dict({k: sum(s[k] for s in states) / len(states) for k in states[0]})
    print(rnd, loss.item())
