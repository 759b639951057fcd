"""Slow weights that are loaded back, a schedule within a schedule, a rate that is handed on, names that are near."""

import copy

import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(500, 6)
y = (x @ torch.randn(6) > 0).long()
loader = DataLoader(TensorDataset(x[:400], y[:400]), batch_size=25, shuffle=True)


def new_net():
    return nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 2))


def held_out(net):
    net.eval()
    with torch.no_grad():
        loss = nn.functional.cross_entropy(net(x[400:]), y[400:]).item()
    net.train()
    return loss


def lookahead():
    """Zhang et al. 2019: slow weights follow, and the fast ones begin from them again."""
    fast = new_net()
    slow = copy.deepcopy(fast)
    optimiser = torch.optim.SGD(fast.parameters(), lr=0.1)
    for epoch in range(4):
        for features, kind in loader:
            loss = nn.functional.cross_entropy(fast(features), kind)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        with torch.no_grad():
            for p, q in zip(slow.parameters(), fast.parameters(), strict=True):
                p.lerp_(q, 0.5)
        fast.load_state_dict(slow.state_dict())
        print("lookahead", epoch, round(held_out(slow), 3))


def rates():
    net = new_net()
    lr = 0.1
    optimiser = torch.optim.SGD(net.parameters(), lr=lr)
    warm_up = LinearLR(optimiser, 0.1, total_iters=2)
    scheduler = SequentialLR(optimiser, [warm_up, CosineAnnealingLR(optimiser, 20)], milestones=[50])
    best_loss, best_state = float("inf"), None
    for _epoch in range(3):
        for features, kind in loader:
            loss = nn.functional.cross_entropy(net(features), kind)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            scheduler.step()
        now = held_out(net)
        if now < best_loss:
            best_loss, best_state = now, copy.deepcopy(net.state_dict())
    net.load_state_dict(best_state)
    print("rates", round(best_loss, 3))


def by_hand():
    net = new_net()
    lr, patience, best_loss = 0.2, 0, None
    optimiser = torch.optim.SGD(net.parameters(), lr=lr)
    for _epoch in range(5):
        for features, kind in loader:
            loss = nn.functional.cross_entropy(net(features), kind)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        now = held_out(net)
        if best_loss is None or now < best_loss:
            best_loss, patience = now, 0
        else:
            patience += 1
            lr *= 0.5
            optimiser = torch.optim.SGD(net.parameters(), lr=lr)
    print("by hand", lr, patience, round(best_loss, 3))


lookahead()
rates()
by_hand()
