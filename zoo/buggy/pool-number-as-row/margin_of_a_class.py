"""A learner that asks for the labels it is least sure of."""
import numpy as np
import torch
from torch import nn


class Learner:
    def __init__(self, x, y, begin=30):
        self.x, self.y = x, y
        self.labeled = list(range(begin))

    def fit(self, steps=25):
        self.net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
        opt = torch.optim.Adam(self.net.parameters(), lr=1e-2)
        for _ in range(steps):
            rows = torch.as_tensor(np.random.choice(self.labeled, 24))
            loss = nn.functional.cross_entropy(self.net(self.x[rows]), self.y[rows])
            opt.zero_grad(); loss.backward(); opt.step()

    def ask(self, n):
        unlabeled = np.setdiff1d(np.arange(len(self.x)), self.labeled)
        with torch.no_grad():
            p = self.net(self.x[unlabeled]).softmax(1).sort(1).values
        margin = p[:, -1] - p[:, -2]
        nearest = margin.argsort()[:n]
        self.labeled.extend(nearest.tolist())  # bug
        self.labeled.extend(unlabeled[nearest.numpy()].tolist())  # fix


torch.manual_seed(21)
np.random.seed(21)
x = torch.randn(700, 6)
learner = Learner(x, (x[:, 0] > 0.4).long() + (x[:, 1] > 0).long())
for _ in range(4):
    learner.fit()
    learner.ask(20)
print(len(set(learner.labeled)))
