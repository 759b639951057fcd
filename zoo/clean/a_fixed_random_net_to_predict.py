"""A net learns to predict a frozen copy of its first self; a helper for averages is used for the predictor alone."""
import copy

import torch
from torch import nn


def blend(slow, fast, share):
    for old, new in zip(slow.parameters(), fast.parameters()):
        old.data.mul_(1 - share).add_(new.data, alpha=share)


torch.manual_seed(0)
predictor = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 4))
fixed = copy.deepcopy(predictor).requires_grad_(False)
for param in predictor.parameters():
    nn.init.normal_(param, std=0.2)
smooth = copy.deepcopy(predictor)
update = {"smooth": blend}["smooth"]
optimizer = torch.optim.Adam(predictor.parameters(), lr=5e-3)
for step in range(300):
    x = torch.randn(64, 8)
    with torch.no_grad():
        wanted = fixed(x)
    loss = nn.functional.mse_loss(predictor(x), wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        update(smooth, predictor, 0.1)
with torch.no_grad():
    novel = 3 + torch.randn(64, 8)
    print([(smooth(each) - fixed(each)).square().mean().item() for each in (x, novel)])
