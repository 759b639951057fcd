"""A trainer whose score is the loss with its sign turned; early stopping waits for the score to fall."""
import copy

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = torch.sin(x[:, 0]) * x[:, 1] + 0.5 * x[:, 2] + 0.1 * torch.randn(900)


class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.waited = patience, 0
        self.best_score, self.state, self.stop = None, None, False

    def __call__(self, val_loss, net):
        score = -val_loss
        if self.best_score is None:
            self.best_score, self.state = score, copy.deepcopy(net.state_dict())
        elif score > self.best_score:  # bug
        elif score <= self.best_score:  # fix
            self.waited += 1
            self.stop = self.waited >= self.patience
        else:
            self.best_score = score
            self.state, self.waited = copy.deepcopy(net.state_dict()), 0


net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=4e-3)
stopping = EarlyStopping(patience=5)
for epoch in range(30):
    for rows in torch.randperm(650).split(65):
        opt.zero_grad()
        ((net(x[rows]).squeeze(1) - y[rows]) ** 2).mean().backward()
        opt.step()
    with torch.no_grad():
        stopping((net(x[650:]).squeeze(1) - y[650:]).pow(2).mean().item(), net)
    if stopping.stop:
        break
net.load_state_dict(stopping.state)
with torch.no_grad():
    print(epoch, (net(x[650:]).squeeze(1) - y[650:]).pow(2).mean().item())
