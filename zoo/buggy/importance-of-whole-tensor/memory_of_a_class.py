"""A class keeps the importances in a list, from the gradients of single rows."""
import torch
from torch import nn

torch.manual_seed(1)


class Memory:
    def __init__(self, model, strength):
        self.model, self.strength = model, strength
        self.importance, self.kept = [], []

    def remember(self, inputs, targets):
        losses = nn.functional.mse_loss(self.model(inputs), targets, reduction="none").sum(1)
        rows = [torch.autograd.grad(each, list(self.model.parameters()), retain_graph=True) for each in losses]
        self.importance, self.kept = [], [p.detach().clone() for p in self.model.parameters()]
        for grads in zip(*rows):
            grads = torch.stack(grads)
            self.importance.append(torch.mean(grads**2))  # bug
            self.importance.append(torch.mean(grads**2, dim=0))  # fix

    def loss(self):
        pairs = zip(self.importance, self.model.parameters(), self.kept)
        return self.strength * sum((w * (p - old).square()).sum() for w, p, old in pairs)


model = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 2))
memory = Memory(model, 5.0)
for task in range(3):
    inputs = torch.randn(320, 6)
    targets = torch.stack([inputs[:, task], inputs[:, task + 1] * inputs[:, task + 2]], 1)
    opt = torch.optim.Adam(model.parameters(), lr=3e-3)
    for epoch in range(3):
        for rows in torch.randperm(320).split(32):
            loss = nn.functional.mse_loss(model(inputs[rows]), targets[rows]) + memory.loss()
            opt.zero_grad()
            loss.backward()
            opt.step()
    memory.remember(inputs[:60], targets[:60])
print(loss.item())
