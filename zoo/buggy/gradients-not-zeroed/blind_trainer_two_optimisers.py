"""A trainer class that keeps several optimisers in a dict."""
import torch
from torch import nn


class Trainer:
    def __init__(self, body, head):
        self.body, self.head = body, head
        self.optims = {
            "body": torch.optim.SGD(body.parameters(), lr=0.02, momentum=0.9),
            "head": torch.optim.Adam(head.parameters(), lr=5e-3),
        }
        self.loss_fn = nn.SmoothL1Loss()

    def zero(self):
        self.optims["head"].zero_grad()  # bug
        for opt in self.optims.values():  # fix
            opt.zero_grad()  # fix

    def training_step(self, x, y):
        return self.loss_fn(self.head(self.body(x)).flatten(), y)

    def fit(self, x, y, epochs=5, bs=40):
        for epoch in range(epochs):
            losses = []
            for idx in torch.randperm(len(x)).split(bs):
                self.zero()
                loss = self.training_step(x[idx], y[idx])
                loss.backward()
                for opt in self.optims.values():
                    opt.step()
                losses.append(loss.item())
            print(epoch, sum(losses) / len(losses))


torch.manual_seed(0)
features = torch.randn(400, 9)
target = torch.sin(features[:, 0]) + features[:, 1] * features[:, 2]
Trainer(nn.Sequential(nn.Linear(9, 32), nn.SiLU()), nn.Linear(32, 1)).fit(features, target)
