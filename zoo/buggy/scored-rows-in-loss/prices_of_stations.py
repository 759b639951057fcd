"""A value at each station of a network, known at some: a class with masks, a trainer, and its own scores."""
from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class Network:
    x: torch.Tensor
    links: torch.Tensor
    y: torch.Tensor
    train_mask: torch.Tensor
    valid_mask: torch.Tensor


def make():
    place = torch.rand(300, 2)
    near = (torch.cdist(place, place) < 0.12).float()
    y = torch.sin(6 * place[:, :1]) + torch.cos(5 * place[:, 1:]) + 0.1 * torch.randn(300, 1)
    held = torch.rand(300) < 0.3
    return Network(torch.cat([place, torch.randn(300, 6)], 1), near / near.sum(1, keepdim=True), y, ~held, held)


class Spread(nn.Module):
    def __init__(self, width=48):
        super().__init__()
        self.into, self.mix, self.out = nn.Linear(8, width), nn.Linear(width, width), nn.Linear(width, 1)

    def forward(self, x, links):
        h = torch.tanh(self.into(x))
        return self.out(torch.tanh(self.mix(links @ h)))


class Trainer:
    def __init__(self, data):
        self.data, self.net = data, Spread()
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=5e-3)
        self.loss_fn = nn.MSELoss()

    def step(self):
        self.net.train()
        data = self.data
        predicted = self.net(data.x, data.links)
        loss = self.loss_fn(predicted, data.y)  # bug
        loss = self.loss_fn(predicted[data.train_mask], data.y[data.train_mask])  # fix
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.no_grad()
    def score(self):
        self.net.eval()
        errors = (self.net(self.data.x, self.data.links) - self.data.y) ** 2
        return errors[self.data.valid_mask].mean().item()


torch.manual_seed(7)
trainer = Trainer(make())
for epoch in range(1, 121):
    loss = trainer.step()
    if epoch % 40 == 0:
        print(epoch, round(loss, 4), round(trainer.score(), 4))
