from copy import deepcopy

import torch
from sklearn.datasets import make_friedman1
from torch import nn


class EarlyStopping:
    def __init__(self, patience=3, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.waited, self.weights = None, 0, None

    def __call__(self, loss, model):
        if self.best is None or loss < self.best - self.min_delta:
            self.best, self.waited = loss, 0
            self.weights = model.state_dict()  # bug
            self.weights = deepcopy(model.state_dict())  # fix
        else:
            self.waited += 1
        return self.waited >= self.patience


def train():
    torch.manual_seed(9)
    x, y = make_friedman1(n_samples=400, noise=0.5, random_state=9)
    x, y = torch.tensor(x).float() * 2 - 1, torch.tensor((y - y.mean()) / y.std()).float()
    net = nn.Sequential(nn.Linear(10, 48), nn.SiLU(), nn.Linear(48, 1), nn.Flatten(0))
    opt = torch.optim.RMSprop(net.parameters(), lr=2e-3)
    stopper = EarlyStopping()
    for epoch in range(12):
        net.train()
        for rows in torch.randperm(300).split(60):
            loss = nn.functional.mse_loss(net(x[rows]), y[rows])
            opt.zero_grad()
            loss.backward()
            opt.step()
        net.eval()
        with torch.no_grad():
            val = nn.functional.mse_loss(net(x[300:]), y[300:]).item()
        print(epoch, round(val, 4))
        if stopper(val, net):
            break
    net.load_state_dict(stopper.weights)
    return net


train()
