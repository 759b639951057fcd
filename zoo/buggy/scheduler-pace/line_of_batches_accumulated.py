"""Gradients of two mini-batches are added up; the rate falls along a line whose length is counted in mini-batches."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


class Trainer:
    def __init__(self, epochs=8):
        x = torch.randn(960, 6)
        self.epochs = epochs
        self.loader = DataLoader(TensorDataset(x, (x[:, :1] * x[:, 1:2]).tanh()), batch_size=24, shuffle=True)
        self.net = nn.Sequential(nn.Linear(6, 48), nn.Tanh(), nn.Linear(48, 1))
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.2, momentum=0.9)
        self.n_batches = len(self.loader)
        self.schedule = torch.optim.lr_scheduler.LinearLR(
            self.optimizer, start_factor=1.0, end_factor=0.01, total_iters=self.n_batches  # bug
            self.optimizer, start_factor=1.0, end_factor=0.01, total_iters=epochs  # fix
        )

    def fit(self):
        for epoch in range(self.epochs):
            for i, (x, y) in enumerate(self.loader):
                loss = nn.functional.mse_loss(self.net(x), y) / 2
                loss.backward()
                if i % 2:
                    self.optimizer.step()
                    self.optimizer.zero_grad()
            self.schedule.step()
            print(f"epoch {epoch}: {2 * loss.item():.4f} at {self.schedule.get_last_lr()[0]:.3f}")


Trainer().fit()
