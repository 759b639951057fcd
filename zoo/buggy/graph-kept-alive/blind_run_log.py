import torch
import torch.nn as nn
import torch.optim as optim


class RunLog:
    """Keeps what a run said, for plots afterwards."""

    def __init__(self):
        self.rows = []

    def add(self, **values):
        self.rows.append(values)

    def mean(self, key, last=10):
        some = [float(row[key]) for row in self.rows[-last:]]
        return sum(some) / len(some)


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv = nn.Conv1d(1, 12, 5, padding=2)
        self.fc = nn.Linear(12, 2)

    def forward(self, x):
        h = torch.relu(self.conv(x)).amax(dim=2)
        return self.fc(h)


def main():
    torch.manual_seed(6)
    y = torch.randint(0, 2, (400,))
    x = torch.randn(400, 1, 30) * 0.3
    x[y == 1, 0, 10:13] += 1.0
    net, log = Net(), RunLog()
    opt = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    for epoch in range(4):
        for rows in torch.randperm(400).split(40):
            out = net(x[rows])
            loss = nn.functional.cross_entropy(out, y[rows])
            opt.zero_grad()
            loss.backward()
            opt.step()
            log.add(epoch=epoch, loss=loss, spread=out.std())  # bug
            log.add(epoch=epoch, loss=loss.detach(), spread=out.detach().std())  # fix
        print(epoch, log.mean("loss"), log.mean("spread"))


main()
