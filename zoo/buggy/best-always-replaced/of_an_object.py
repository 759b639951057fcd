"""A trainer that keeps the best accuracy as an attribute, and sets it after each validation."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] * x[:, 1] + 0.5 * x[:, 2] + 0.3 * torch.randn(900) > 0).long()


class Trainer:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
        self.opt = torch.optim.Adam(self.net.parameters(), lr=4e-3)
        self.best_accuracy, self.state = 0.0, None

    def save(self):
        self.state = {name: value.clone() for name, value in self.net.state_dict().items()}

    def validate(self):
        with torch.no_grad():
            accuracy = (self.net(x[650:]).argmax(1) == y[650:]).float().mean().item()
        if accuracy > self.best_accuracy:
            self.save()
            self.best_accuracy = accuracy  # fix
        self.best_accuracy = accuracy  # bug
        return accuracy

    def run(self, epochs):
        for _ in range(epochs):
            for rows in torch.randperm(650).split(65):
                self.opt.zero_grad()
                nn.functional.cross_entropy(self.net(x[rows]), y[rows]).backward()
                self.opt.step()
            print(round(self.validate(), 3))


Trainer().run(15)
