"""A trainer that stops by the accuracy of its validation batches."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Trainer:
    def __init__(self, net, train, val_loader):
        self.net, self.train, self.val_loader = net, train, val_loader
        self.opt = torch.optim.SGD(net.parameters(), lr=0.1)

    @torch.no_grad()
    def score(self):
        right = rows = 0  # fix
        for i, (x, y) in enumerate(self.val_loader):
            accuracy = (self.net(x).argmax(1) == y).float().mean()  # bug
            right += (self.net(x).argmax(1) == y).sum().item(); rows += len(y)  # fix
        accuracy = right / rows  # fix
        return float(accuracy)

    def run(self, epochs=6):
        best, bad = 0.0, 0
        for _ in range(epochs):
            for x, y in self.train:
                loss = nn.functional.cross_entropy(self.net(x), y)
                self.opt.zero_grad(); loss.backward(); self.opt.step()
            now = self.score()
            best, bad = (now, 0) if now > best else (best, bad + 1)
            if bad == 4:
                break
        return best


torch.manual_seed(13)
x = torch.randn(900, 5)
y = (x[:, 0] > x[:, 1]).long()
train, held = TensorDataset(x[:700], y[:700]), TensorDataset(x[700:], y[700:])
print(Trainer(nn.Linear(5, 2), DataLoader(train, 50, shuffle=True), DataLoader(held, 32)).run())
