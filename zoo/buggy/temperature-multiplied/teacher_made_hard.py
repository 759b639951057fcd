"""A distillation: the temperature that is to soften both makes them hard."""

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
X = torch.randn(600, 8)
y = (X[:, :4]).argmax(1)


def net(h):
    return nn.Sequential(nn.Linear(8, h), nn.ReLU(), nn.Linear(h, 4))


t = net(64)
o = torch.optim.Adam(t.parameters(), 1e-2)
for i in range(60):
    l = F.cross_entropy(t(X), y)
    o.zero_grad()
    l.backward()
    o.step()
t.eval()
s = net(8)
optimizer = torch.optim.Adam(s.parameters(), 1e-2)
T, alpha = 4.0, 0.7
for epoch in range(5):
    for i in torch.randperm(600).split(30):
        with torch.no_grad():
            tl = t(X[i])
        sl = s(X[i])
        soft = F.kl_div(F.log_softmax(sl * T, 1), F.softmax(tl * T, 1), reduction="batchmean")  # bug
        soft = F.kl_div(F.log_softmax(sl / T, 1), F.softmax(tl / T, 1), reduction="batchmean") * T * T  # fix
        loss = alpha * soft + (1 - alpha) * F.cross_entropy(sl, y[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
