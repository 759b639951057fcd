"""Rows of a table from a generator; the penalty is a method of the trainer."""

import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.d = nn.Sequential(nn.Linear(4, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
        self.g = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 4))
        self.d_optimizer = torch.optim.Adam(self.d.parameters(), lr=1e-3)
        self.g_optimizer = torch.optim.Adam(self.g.parameters(), lr=1e-3)

    def gradient_penalty(self, real_data, generated_data):
        eps = torch.rand(real_data.shape)  # bug
        eps = torch.rand(real_data.shape[0], 1).expand_as(real_data)  # fix
        mixed = eps * real_data.data + (1 - eps) * generated_data.data  # fix
        mixed = eps * real_data + (1 - eps) * generated_data  # bug
        mixed.requires_grad_(True)
        scores = self.d(mixed)
        gradients = torch.autograd.grad(scores, mixed, torch.ones_like(scores), create_graph=True)[0]
        return 10 * ((gradients.norm(2, dim=1) - 1) ** 2).mean()

    def step(self, real_data, play):
        generated_data = self.g(torch.randn(len(real_data), 3))
        d_loss = self.d(generated_data.detach()).mean() - self.d(real_data).mean()
        d_loss = d_loss + self.gradient_penalty(real_data, generated_data.detach())
        self.d_optimizer.zero_grad()
        d_loss.backward()
        self.d_optimizer.step()
        if play:
            self.g_optimizer.zero_grad()
            (-self.d(generated_data).mean()).backward()
            self.g_optimizer.step()
        return d_loss.item()


torch.manual_seed(4)
trainer = Trainer()
for count in range(70):
    rows = torch.randn(32, 4) @ torch.tensor([[1.0, 0.5, 0, 0], [0, 1, 0.5, 0], [0, 0, 1, 0.5], [0, 0, 0, 1]])
    loss = trainer.step(rows, count % 3 == 2)
print("loss", loss)
