"""Spans (centre, length) are regressed in every cell of a strip, and empty cells have zeros."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(53)
CELLS = 6


def strips(rows):
    where, size = torch.rand(rows), 0.03 + 0.05 * torch.rand(rows)
    axis = torch.linspace(0, 1, 48)
    strip = (((axis - where[:, None]).abs() < size[:, None]).float() + 0.1 * torch.randn(rows, 48))[:, None]
    cell = (where * CELLS).long().clamp(max=CELLS - 1)
    has_span = F.one_hot(cell, CELLS).float()
    span_box = torch.stack([where * CELLS - cell - 0.5, size * 10], 1)[:, None] * has_span[..., None]
    return strip, has_span, span_box


body = nn.Sequential(nn.Conv1d(1, 16, 8, stride=4, padding=2), nn.ReLU(), nn.Conv1d(16, 3, 2, stride=2))
optimizer = torch.optim.Adam(body.parameters(), lr=3e-3)
for step in range(60):
    strip, has_span, span_box = strips(32)
    out = body(strip).transpose(1, 2)
    found = F.binary_cross_entropy_with_logits(out[..., 0], has_span)
    boxes = F.l1_loss(out[..., 1:], span_box)  # bug
    boxes = F.l1_loss(out[..., 1:][has_span > 0], span_box[has_span > 0])  # fix
    loss = found + boxes
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(found.item(), boxes.item())
