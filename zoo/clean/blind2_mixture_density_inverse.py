import math

import torch
import torch.nn.functional as F
from torch import nn


class MDN(nn.Module):
    def __init__(self, k=5, width=32):
        super().__init__()
        self.k = k
        self.net = nn.Sequential(nn.Linear(1, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 3 * k))

    def forward(self, x):
        weight, mean, log_sd = self.net(x).split(self.k, dim=1)
        return F.log_softmax(weight, dim=1), mean, log_sd.clamp(-5, 2)


def negative_log_likelihood(parts, y):
    log_w, mean, log_sd = parts
    z = (y - mean) * torch.exp(-log_sd)
    log_n = -0.5 * z**2 - log_sd - 0.5 * math.log(2 * math.pi)
    return -torch.logsumexp(log_w + log_n, dim=1).mean()


torch.manual_seed(14)
y = torch.rand(1500, 1)
x = y + 0.3 * torch.sin(2 * math.pi * y) + 0.03 * torch.randn_like(y)
x, y = (x - 0.5) / 0.29, y - 0.5
train_x, train_y, test_x, test_y = x[:1200], y[:1200], x[1200:], y[1200:]
net = MDN()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(25):
    net.train()
    total = 0.0
    for idx in torch.randperm(1200).split(60):
        loss = negative_log_likelihood(net(train_x[idx]), train_y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    if epoch % 5 == 4:
        print(epoch + 1, round(total / 20, 4))
net.eval()
with torch.no_grad():
    print("test", negative_log_likelihood(net(test_x), test_y).item())
