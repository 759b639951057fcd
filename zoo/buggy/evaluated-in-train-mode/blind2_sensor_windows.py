import numpy as np
import torch
from sklearn.metrics import f1_score
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def make_windows(n, rng):
    labels = rng.integers(0, 3, n)
    t = np.linspace(0, 2, 40)
    freq = np.array([1.5, 2.5, 3.5])[labels][:, None, None]
    phase = rng.uniform(0, 2 * np.pi, (n, 3, 1))
    x = np.sin(2 * np.pi * freq * t + phase) + rng.normal(0, 0.8, (n, 3, 40))
    return torch.tensor(x, dtype=torch.float32), torch.tensor(labels)


class Block(nn.Sequential):
    def __init__(self, c_in, c_out):
        super().__init__(nn.Conv1d(c_in, c_out, 5, padding=2), nn.BatchNorm1d(c_out), nn.ReLU())


class ActivityNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(Block(3, 16), nn.MaxPool1d(2), Block(16, 32))
        self.head = nn.Linear(32, 3)

    def forward(self, x):
        return self.head(self.blocks(x).mean(-1))


def validate(model, loader):
    model.eval  # bug
    model.eval()  # fix
    predictions, truth = [], []
    with torch.no_grad():
        for x, y in loader:
            predictions.append(model(x).argmax(1).numpy())
            truth.append(y.numpy())
    return f1_score(np.concatenate(truth), np.concatenate(predictions), average="macro")


rng = np.random.default_rng(12)
torch.manual_seed(12)
train_dl = DataLoader(TensorDataset(*make_windows(960, rng)), batch_size=32, shuffle=True)
valid_dl = DataLoader(TensorDataset(*make_windows(320, rng)), batch_size=64)
model = ActivityNet()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
ce = nn.CrossEntropyLoss()
for epoch in range(5):
    model.train()
    running = []
    for x, y in train_dl:
        opt.zero_grad()
        loss = ce(model(x), y)
        loss.backward()
        opt.step()
        running.append(loss.item())
    print(f"[{epoch}] loss={np.mean(running):.3f} f1={validate(model, valid_dl):.3f}")
