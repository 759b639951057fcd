"""The net of the epoch before is to be the teacher of the next one."""
import copy

import torch
import torch.nn.functional as F
from torch import nn


class Learner:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
        self.previous = copy.deepcopy(self.net)
        self.opt = torch.optim.Adam(self.net.parameters(), lr=3e-3)

    def epoch(self, x, y):
        for rows in torch.randperm(len(x)).split(30):
            out = self.net(x[rows])
            with torch.no_grad():
                soft = self.net(x[rows]).softmax(1)  # bug
                soft = self.previous(x[rows]).softmax(1)  # fix
            loss = F.cross_entropy(out, y[rows]) + 0.5 * F.cross_entropy(out, soft)
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()
        self.previous.load_state_dict(self.net.state_dict())


torch.manual_seed(0)
x = torch.randn(300, 8)
learner = Learner()
for _ in range(6):
    learner.epoch(x, x[:, :3].argmax(1))
