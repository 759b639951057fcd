import contextlib
from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


@dataclass
class Precision:
    name: str = "bf16"

    def context(self):
        if self.name == "bf16":
            return torch.autocast("cpu", dtype=torch.bfloat16)
        return contextlib.nullcontext()


class Trainer:
    def __init__(self, model, precision, lr=2e-3):
        self.model, self.precision = model, precision
        self.opt = torch.optim.AdamW(model.parameters(), lr=lr)
        self.criterion = nn.CrossEntropyLoss()

    def step(self, x, y):
        logits = self.model(x)  # bug
        with self.precision.context():
            logits = self.model(x)  # fix
            loss = self.criterion(logits.float(), y)
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        return loss.item()

    def fit(self, loader, epochs):
        for epoch in range(epochs):
            self.model.train()
            losses = [self.step(x, y) for x, y in loader]
            print(f"epoch {epoch} loss {sum(losses) / len(losses):.4f}")

    @torch.no_grad()
    def score(self, loader):
        self.model.eval()
        with self.precision.context():  # fix
            return torch.cat([self.model(x).argmax(1) == y for x, y in loader]).float().mean().item()  # fix
        return torch.cat([self.model(x).argmax(1) == y for x, y in loader]).float().mean().item()  # bug


torch.manual_seed(229)
d = load_digits()
xa, xb, ya, yb = train_test_split(torch.tensor(d.images / 8 - 1).float(), torch.tensor(d.target), test_size=0.2, random_state=229)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 96), nn.GELU(), nn.Linear(96, 96), nn.GELU(), nn.Linear(96, 10))
trainer = Trainer(model, Precision())
trainer.fit(DataLoader(TensorDataset(xa, ya), batch_size=64, shuffle=True), epochs=6)
print("accuracy", trainer.score(DataLoader(TensorDataset(xb, yb), batch_size=120)))
