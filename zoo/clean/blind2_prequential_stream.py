from collections import deque

import torch
import torch.nn.functional as F
from torch import nn


class Drift:
    """An endless stream whose rule turns slowly."""

    def __init__(self, seed, dim=6):
        self.g = torch.Generator().manual_seed(seed)
        self.dim, self.t = dim, 0

    def __iter__(self):
        return self

    def __next__(self):
        x = torch.randn(20, self.dim, generator=self.g)
        angle = torch.tensor(self.t * 0.004)
        w = torch.zeros(self.dim)
        w[0], w[1] = angle.cos(), angle.sin()
        y = ((x @ w + 0.3 * torch.randn(20, generator=self.g)) > 0).float()
        self.t += 1
        return x, y


class Online:
    """Every batch is first an exam, then a lesson."""

    def __init__(self, dim, window=25):
        self.net = nn.Sequential(nn.Linear(dim, 24), nn.ReLU(), nn.Dropout(0.05), nn.Linear(24, 1))
        self.opt = torch.optim.Adam(self.net.parameters(), lr=5e-3)
        self.recent = deque(maxlen=window)

    def exam(self, x, y):
        self.net.eval()
        with torch.no_grad():
            z = self.net(x).squeeze(1)
        self.recent.append(((z > 0) == y.bool()).float().mean().item())
        return F.binary_cross_entropy_with_logits(z, y).item()

    def lesson(self, x, y):
        self.net.train()
        loss = F.binary_cross_entropy_with_logits(self.net(x).squeeze(1), y)
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()


torch.manual_seed(31)
learner = Online(6)
surprise = 0.0
for k, (x, y) in enumerate(Drift(31)):
    surprise += learner.exam(x, y)
    learner.lesson(x, y)
    if k % 60 == 59:
        print(k + 1, f"surprise {surprise / (k + 1):.4f} recent accuracy {sum(learner.recent) / len(learner.recent):.3f}")
    if k == 359:
        break
