import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import make_classification
from sklearn.preprocessing import StandardScaler


class WideAndDeep(nn.Module):
    """The wide part is sized by the first batch that it meets."""

    def __init__(self, classes, hidden=32):
        super().__init__()
        self.deep = nn.Sequential(nn.LazyLinear(hidden), nn.ReLU(), nn.Linear(hidden, classes))
        self.classes, self.wide = classes, None

    def forward(self, x):
        if self.wide is None:
            self.wide = nn.Linear(2 * x.shape[1], self.classes)
        crossed = torch.cat([x * x.roll(1, dims=1), x.abs()], dim=1)
        return self.deep(x) + self.wide(crossed)


class Runner:
    def __init__(self, model, sample, **options):
        self.model = model
        model.deep(sample)  # bug
        model(sample)  # fix
        self.opt = torch.optim.AdamW(model.parameters(), **options)
        self.loss = nn.CrossEntropyLoss()

    def epoch(self, loader):
        self.model.train()
        total = 0.0
        for x, y in loader:
            self.opt.zero_grad()
            loss = self.loss(self.model(x), y)
            loss.backward()
            self.opt.step()
            total += loss.item()
        return total / len(loader)

    @torch.no_grad()
    def accuracy(self, loader):
        self.model.eval()
        hits = [(self.model(x).argmax(1) == y).float() for x, y in loader]
        return torch.cat(hits).mean().item()


torch.manual_seed(41)
X, y = make_classification(1400, 12, n_informative=8, n_classes=3, random_state=41)
scaler = StandardScaler().fit(X[:1100])
X, y = torch.tensor(scaler.transform(X)).float(), torch.tensor(y)
train = DataLoader(TensorDataset(X[:1100], y[:1100]), batch_size=50, shuffle=True)
test = DataLoader(TensorDataset(X[1100:], y[1100:]), batch_size=150)
with torch.no_grad():
    runner = Runner(WideAndDeep(3), X[:2], lr=2e-3, weight_decay=1e-2)
for e in range(8):
    print(e, f"{runner.epoch(train):.4f}", f"{runner.accuracy(test):.3f}")
