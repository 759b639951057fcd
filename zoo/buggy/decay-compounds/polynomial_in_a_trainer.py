"""A trainer keeps its rate, and multiplies it with the polynomial factor of each step."""
import torch
from torch import nn

torch.manual_seed(0)


class Trainer:
    def __init__(self, net, lr, steps):
        self.net, self.base_lr, self.lr, self.steps = net, lr, lr, steps
        self.optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)

    def set_rate(self, step):
        self.lr *= (1 - step / self.steps) ** 0.9  # bug
        self.lr = self.base_lr * (1 - step / self.steps) ** 0.9  # fix
        for group in self.optimizer.param_groups:
            group["lr"] = self.lr

    def fit(self, rows, target):
        for step in range(self.steps):
            self.set_rate(step)
            chosen = torch.randint(len(rows), (32,))
            loss = nn.functional.smooth_l1_loss(self.net(rows[chosen]), target[chosen])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            if step % 20 == 0:
                print(f"step {step}: rate {self.lr:.5f}, loss {loss.item():.3f}")


rows = torch.randn(500, 6)
target = (rows[:, :2].prod(1, keepdim=True) + rows[:, 2:3]).tanh()
Trainer(nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1)), 0.05, 100).fit(rows, target)
