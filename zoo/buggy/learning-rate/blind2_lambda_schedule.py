import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


@dataclass(frozen=True)
class Plan:
    base_lr: float = 4e-4
    warmup: int = 10
    epochs: int = 12
    batch: int = 48

    def value(self, step, total):
        if step < self.warmup:
            return self.base_lr * (step + 1) / self.warmup
        t = (step - self.warmup) / max(1, total - self.warmup)
        return self.base_lr * (0.1 + 0.45 * (1 + math.cos(math.pi * t)))


def optimisation(model, plan, total):
    opt = torch.optim.Adam(model.parameters(), lr=plan.base_lr)
    factor = lambda step: plan.value(step, total)  # bug
    factor = lambda step: plan.value(step, total) / plan.base_lr  # fix
    return opt, torch.optim.lr_scheduler.LambdaLR(opt, factor)


def main(plan=Plan()):
    torch.manual_seed(211)
    d = load_digits()
    xa, xb, ya, yb = train_test_split(d.images / 16.0, d.target, test_size=0.2, stratify=d.target, random_state=2)
    t = lambda a: torch.tensor(a).float().unsqueeze(1)
    loader = DataLoader(TensorDataset(t(xa), torch.tensor(ya)), batch_size=plan.batch, shuffle=True)
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(256, 64), nn.ReLU(), nn.Linear(64, 10)
    )
    opt, sched = optimisation(model, plan, plan.epochs * len(loader))
    for epoch in range(plan.epochs):
        model.train()
        losses = []
        for x, y in loader:
            opt.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            opt.step()
            sched.step()
            losses.append(loss.item())
        print(f"{epoch} {sum(losses) / len(losses):.4f}")
    model.eval()
    with torch.no_grad():
        print("accuracy", (model(t(xb)).argmax(1) == torch.tensor(yb)).float().mean().item())


main()
