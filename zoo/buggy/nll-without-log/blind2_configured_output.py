from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import make_classification


@dataclass
class Config:
    output: str = "softmax"  # bug
    output: str = "log_softmax"  # fix
    classes: int = 4
    width: int = 40
    lr: float = 3e-3
    epochs: int = 8


class Model(nn.Module):
    def __init__(self, cfg, n_in):
        super().__init__()
        self.hidden = nn.Linear(n_in, cfg.width)
        self.logits = nn.Linear(cfg.width, cfg.classes)
        self.output = getattr(F, cfg.output)

    def forward(self, x):
        return self.output(self.logits(F.gelu(self.hidden(x))), dim=-1)


def main(cfg):
    torch.manual_seed(97)
    X, y = make_classification(1500, 18, n_informative=9, n_classes=cfg.classes, random_state=97)
    X, y = torch.tensor(X).float(), torch.tensor(y)
    mean, std = X[:1200].mean(0), X[:1200].std(0)
    X = (X - mean) / std
    train = DataLoader(TensorDataset(X[:1200], y[:1200]), batch_size=60, shuffle=True)
    model = Model(cfg, 18)
    opt = torch.optim.Adam(model.parameters(), lr=cfg.lr)
    weight = torch.bincount(y[:1200], minlength=cfg.classes).float().reciprocal()
    criterion = nn.NLLLoss(weight=weight / weight.mean())
    for epoch in range(cfg.epochs):
        model.train()
        for x, t in train:
            loss = criterion(model(x), t)
            opt.zero_grad()
            loss.backward()
            opt.step()
        print(epoch, round(loss.item(), 4))
    model.eval()
    with torch.no_grad():
        print("accuracy", (model(X[1200:]).argmax(-1) == y[1200:]).float().mean().item())


main(Config())
