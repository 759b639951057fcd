"""Correct: a loss that is only shown, one that is begun anew, a best state that a function returns."""
import copy

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
rows = torch.randn(400, 10)
target = rows[:, :3].sum(1, keepdim=True).sin()


def best_of(net, epochs=6):
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    best, state = float("inf"), None
    for epoch in range(epochs):
        for chosen in torch.randperm(300).split(30):
            output = net(rows[chosen])
            absolute = F.l1_loss(output.detach(), target[chosen])
            loss = F.mse_loss(output, target[chosen])
            if epoch > 3:
                loss = F.smooth_l1_loss(output, target[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch}: absolute error {absolute:.3f}")
        with torch.no_grad():
            valid = F.mse_loss(net(rows[300:]), target[300:]).item()
        if valid < best:
            best, state = valid, copy.deepcopy(net.state_dict())
    return best, state


net = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 1))
score, state = best_of(net)
net.load_state_dict(state)
print(f"best {score:.3f}")
