import copy

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import make_moons


class Ema:
    """Keeps a slowly moving copy of a network."""

    def __init__(self, net, decay=0.97):
        self.decay = decay
        self.shadow = copy.deepcopy(net).requires_grad_(False)

    @torch.no_grad()
    def update(self, net):
        for s, p in zip(self.shadow.parameters(), net.parameters()):
            s.lerp_(p, 1 - self.decay)
        for s, b in zip(self.shadow.buffers(), net.buffers()):
            s.copy_(b)


class Learner:
    def __init__(self, net, lr=0.01):
        self.net, self.ema = net, Ema(net)
        self.opt = torch.optim.AdamW(self.net.parameters(), lr=lr)
        self.criterion = nn.BCEWithLogitsLoss()

    def fit_epoch(self, loader):
        self.net.train()
        for x, y in loader:
            loss = self.criterion(self.net(x).squeeze(-1), y)
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()
            self.ema.update(self.net)
        return loss.item()

    @torch.no_grad()
    def score(self, loader):
        model = self.ema.shadow
        self.net.eval()  # bug
        model.eval()  # fix
        right = rows = 0
        for x, y in loader:
            right += ((model(x).squeeze(-1) > 0) == y.bool()).sum().item()
            rows += len(y)
        return right / rows


def tensors(n, seed):
    X, y = make_moons(n, noise=0.2, random_state=seed)
    return TensorDataset((torch.tensor(X).float() - torch.tensor([0.5, 0.25])) / 0.8, torch.tensor(y).float())


torch.manual_seed(17)
net = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Dropout(0.25), nn.Linear(32, 32), nn.ReLU(), nn.Dropout(0.25), nn.Linear(32, 1))
learner = Learner(net)
train, valid = DataLoader(tensors(800, 0), 40, shuffle=True), DataLoader(tensors(300, 1), 100)
for epoch in range(8):
    last = learner.fit_epoch(train)
    print(epoch, round(last, 3), "shadow accuracy", round(learner.score(valid), 3))
