"""A trainer with hooks; the clipping hook is called at the wrong place."""
import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_


class Trainer:
    def __init__(self, model, lr=0.1, clip=0.5):
        self.model, self.clip = model, clip
        self.opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)

    def before_step(self):
        clip_grad_norm_(self.model.parameters(), self.clip)

    def step(self, x, y):
        self.opt.zero_grad()
        loss = nn.functional.mse_loss(self.model(x), y)
        self.before_step()  # bug
        loss.backward()
        self.before_step()  # fix
        self.opt.step()
        return loss.item()

    def fit(self, x, y, epochs):
        for epoch in range(epochs):
            losses = [self.step(x[rows], y[rows]) for rows in torch.randperm(len(x)).split(32)]
            print(epoch, sum(losses) / len(losses))


if __name__ == "__main__":
    torch.manual_seed(8)
    x = torch.randn(320, 5)
    y = torch.stack([x[:, 0] * x[:, 1], x[:, 2] + x[:, 3]], dim=1)
    Trainer(nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 2))).fit(x, y, epochs=5)
