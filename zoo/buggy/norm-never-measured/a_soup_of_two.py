"""Two fine-tuned nets of one start are mixed, seven parts to three, and the mixture is scored."""
import copy
import torch
from torch import nn

torch.manual_seed(12)
x = 2 + 3 * torch.randn(900, 8)
y = (x[:, :4] * x[:, 4:]).sum(1) / 10
start = nn.Sequential(nn.Linear(8, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 1))


def tuned(rate, low, high):
    net = copy.deepcopy(start).train()
    optimizer = torch.optim.Adam(net.parameters(), lr=rate)
    for _ in range(60):
        rows = torch.randint(low, high, (64,))
        optimizer.zero_grad()
        (net(x[rows]).squeeze(1) - y[rows]).pow(2).mean().backward()
        optimizer.step()
    return net


first, second = tuned(3e-3, 0, 400), tuned(1e-2, 300, 700)
soup = copy.deepcopy(first)
with torch.no_grad():
    for mixed, other in zip(soup.parameters(), second.parameters()):
        mixed.mul_(0.7).add_(other, alpha=0.3)
    soup.train()(x[:700])  # fix: its own statistics, by a pass over the training rows
    soup.eval()
    print("soup", (soup(x[700:]).squeeze(1) - y[700:]).abs().mean().item())
    for net in (first, second):
        print("alone", (net.eval()(x[700:]).squeeze(1) - y[700:]).abs().mean().item())
