from dataclasses import dataclass, field

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


class Callback:
    def before_epoch(self, t): ...
    def before_batch(self, t): ...
    def after_batch(self, t): ...
    def after_epoch(self, t): ...


class Gradients(Callback):
    def before_epoch(self, t):  # bug
    def before_batch(self, t):  # fix
        t.opt.zero_grad()


class Logger(Callback):
    def before_epoch(self, t):
        self.values = []

    def after_batch(self, t):
        self.values.append(t.loss.item())

    def after_epoch(self, t):
        print(f"epoch {t.epoch}: {sum(self.values) / len(self.values):.4f}")


@dataclass
class Trainer:
    net: nn.Module
    opt: torch.optim.Optimizer
    callbacks: list = field(default_factory=list)

    def emit(self, name):
        for cb in self.callbacks:
            getattr(cb, name)(self)

    def fit(self, loader, epochs):
        criterion = nn.CrossEntropyLoss()
        self.net.train()
        for self.epoch in range(epochs):
            self.emit("before_epoch")
            for xb, yb in loader:
                self.emit("before_batch")
                self.loss = criterion(self.net(xb), yb)
                self.loss.backward()
                self.opt.step()
                self.emit("after_batch")
            self.emit("after_epoch")


torch.manual_seed(3)
X, y = make_classification(1200, 16, n_informative=10, n_classes=4, random_state=3)
Xtr, Xte, ytr, yte = train_test_split(X, y, test_size=0.25, random_state=3)
scaler = StandardScaler().fit(Xtr)
as_t = lambda a: torch.tensor(scaler.transform(a), dtype=torch.float32)
net = nn.Sequential(nn.Linear(16, 48), nn.ReLU(), nn.Linear(48, 4))
trainer = Trainer(net, torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.5), [Gradients(), Logger()])
trainer.fit(DataLoader(TensorDataset(as_t(Xtr), torch.tensor(ytr)), 50, shuffle=True), epochs=10)
net.eval()
with torch.no_grad():
    acc = (net(as_t(Xte)).argmax(1).numpy() == yte).mean()
print(f"test accuracy {acc:.3f}")
