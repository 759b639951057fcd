"""Spans in a series: half of the loss is an overlap of thresholded probabilities."""
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(2)


def series(rows):
    x, spans = torch.randn(rows, 1, 48) * 0.5, torch.zeros(rows, 1, 48)
    for row in range(rows):
        start = int(torch.randint(0, 38, ()))
        spans[row, 0, start : start + 9] = 1
    return x + spans, spans


def tversky(scores, spans):
    chosen = scores.sigmoid()
    chosen = torch.ge(chosen, 0.5).to(scores.dtype)  # bug
    hits = (spans * chosen).sum((1, 2))
    misses, extra = (spans * (1 - chosen)).sum((1, 2)), (chosen * (1 - spans)).sum((1, 2))
    return 1 - (hits / (hits + 0.3 * extra + 0.7 * misses + 1e-6)).mean()


net = nn.Sequential(nn.Conv1d(1, 12, 7, padding=3), nn.ReLU(), nn.Conv1d(12, 1, 7, padding=3))
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
x, spans = series(256)
for epoch in range(4):
    for rows in torch.randperm(256).split(32):
        scores = net(x[rows])
        loss = 0.5 * F.binary_cross_entropy_with_logits(scores, spans[rows]) + 0.5 * tversky(scores, spans[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
