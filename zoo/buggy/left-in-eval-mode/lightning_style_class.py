"""A trainer class; fit() never goes back to train mode."""
import torch
from torch import nn
torch.manual_seed(0)
class Trainer:
    def __init__(self, model):
        self.model = model
        self.opt = torch.optim.SGD(model.parameters(), lr=0.05)
    def step(self, x, y):
        self.opt.zero_grad()
        loss = nn.functional.cross_entropy(self.model(x), y)
        loss.backward()
        self.opt.step()
        return loss.item()
    @torch.no_grad()
    def validate(self, x, y):
        self.model.eval()
        acc = (self.model(x).argmax(1) == y).float().mean().item()
        self.model.train()  # fix
        return acc
    def fit(self, x, y, xv, yv, epochs):
        self.model.train()
        for e in range(epochs):
            for i in range(0, len(x), 25):
                self.step(x[i:i+25], y[i:i+25])
            print(e, self.validate(xv, yv))
net = nn.Sequential(nn.Linear(7, 20), nn.BatchNorm1d(20), nn.ReLU(), nn.Linear(20, 2))
x = torch.randn(250, 7); y = (x[:, 0] > 0).long()
Trainer(net).fit(x[:200], y[:200], x[200:], y[200:], 5)
