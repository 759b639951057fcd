"""Correct: the clipped sum of passes is as long as the clipped mean; gradients divided by hand; a rate divided instead."""
import torch
from torch import nn
torch.manual_seed(3)
x = torch.randn(640, 10); y = (x[:, :2].sum(1) > 0).long(); accumulate = 4
def train(rate, finish):
    net = nn.Sequential(nn.Linear(10, 24), nn.ReLU(), nn.Linear(24, 2)); opt = torch.optim.SGD(net.parameters(), rate)
    for at, rows in enumerate(torch.randperm(640).split(16)):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows]); loss.backward()
        if at % accumulate == accumulate - 1:
            finish(net); opt.step(); opt.zero_grad()
    return loss.item()
def one_length(net): nn.utils.clip_grad_norm_(net.parameters(), 0.01)
def divided(net):
    for param in net.parameters(): param.grad /= accumulate
    nn.utils.clip_grad_norm_(net.parameters(), 5.0)
print(train(0.5, one_length), train(0.1, divided))
