"""Three parts; the score of the third one decides when training stops."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] * x[:, 1] + 0.5 * x[:, 2] + 0.3 * torch.randn(900) > 0).long()
train_rows, valid_rows, test_rows = torch.randperm(900).split([500, 200, 200])


class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.best, self.waited = patience, 0.0, 0

    def step(self, value):
        if value > self.best:
            self.best, self.waited = value, 0
        else:
            self.waited += 1
        return self.waited >= self.patience


def accuracy(net, rows):
    with torch.no_grad():
        return (net(x[rows]).argmax(1) == y[rows]).float().mean().item()


def main():
    net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 2))
    opt = torch.optim.Adam(net.parameters(), lr=3e-3)
    held_valid, held_test = valid_rows, test_rows
    stopping = EarlyStopping(5)
    for epoch in range(40):
        for rows in train_rows[torch.randperm(500)].split(50):
            opt.zero_grad()
            nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
            opt.step()
        right = accuracy(net, held_test)  # bug
        right = accuracy(net, held_valid)  # fix
        if stopping.step(right):
            break
    print(epoch, accuracy(net, held_test))


main()
