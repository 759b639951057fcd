from types import SimpleNamespace

import torch
from torch import nn
from torch.optim.lr_scheduler import PolynomialLR
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import make_classification

cfg = SimpleNamespace(epochs=15, batch=50, lr=0.1, power=1.0, seed=137)


class Engine:
    def __init__(self, model, cfg):
        self.model = model
        self.opt = torch.optim.SGD(model.parameters(), lr=cfg.lr, momentum=0.9)
        self.sched = PolynomialLR(self.opt, total_iters=cfg.epochs, power=cfg.power)
        self.loss = nn.CrossEntropyLoss()

    def on_step(self, x, y):
        loss = self.loss(self.model(x), y)
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        self.sched.step()  # bug
        return loss.item()

    def on_epoch(self, loader):
        self.model.train()
        losses = [self.on_step(x, y) for x, y in loader]
        self.sched.step()  # fix
        return sum(losses) / len(losses)


torch.manual_seed(cfg.seed)
X, y = make_classification(1500, 20, n_informative=12, n_classes=5, class_sep=0.8, random_state=cfg.seed)
X, y = torch.tensor(X).float(), torch.tensor(y)
X = (X - X[:1250].mean(0)) / X[:1250].std(0)
loader = DataLoader(TensorDataset(X[:1250], y[:1250]), cfg.batch, shuffle=True)
model = nn.Sequential(nn.Linear(20, 48), nn.ReLU(), nn.Linear(48, 5))
engine = Engine(model, cfg)
for epoch in range(cfg.epochs):
    mean = engine.on_epoch(loader)
    if epoch % 3 == 2:
        print(epoch + 1, f"{mean:.4f}")
model.eval()
with torch.no_grad():
    print("accuracy", (model(X[1250:]).argmax(1) == y[1250:]).float().mean().item())
