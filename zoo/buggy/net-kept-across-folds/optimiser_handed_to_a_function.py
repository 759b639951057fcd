"""Folds of a table, in a function of its own; an epoch is another function, which is handed net and optimiser."""
import torch
from torch import nn
from sklearn.model_selection import StratifiedKFold
torch.manual_seed(1)
X = torch.randn(320, 10); Y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).long()
def an_epoch(model, optimizer, rows, labels):
    model.train()
    for part in torch.randperm(len(rows)).split(32):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(rows[part]), labels[part]).backward()
        optimizer.step()
@torch.no_grad()
def accuracy(model, rows, labels):
    model.eval()
    return (model(rows).argmax(1) == labels).float().mean().item()
def cross_validate(folds):
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    scores = []
    for number, (train, valid) in enumerate(folds.split(X, Y)):
        model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))  # fix
        optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)  # fix
        shift, scale = X[train].mean(0), X[train].std(0)
        for epoch in range(6):
            an_epoch(model, optimizer, (X[train] - shift) / scale, Y[train])
        scores.append(accuracy(model, (X[valid] - shift) / scale, Y[valid]))
        print(number, scores[-1])
    return sum(scores) / len(scores)
print(cross_validate(StratifiedKFold(n_splits=4, shuffle=True, random_state=0)))
