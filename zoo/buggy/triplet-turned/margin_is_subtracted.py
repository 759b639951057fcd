"""level: warning. Triplets by squared distances: the margin has a minus."""

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
X = torch.randn(600, 10)
y = X[:, :4].argmax(1)
by = [torch.where(y == c)[0] for c in range(4)]
enc = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 16))
optimizer = torch.optim.Adam(enc.parameters(), 3e-3)
for epoch in range(6):
    for i in torch.randperm(600).split(50):
        p = torch.stack([by[c][torch.randint(len(by[c]), (1,))[0]] for c in y[i]])
        n = torch.stack([by[(c + 1 + int(torch.randint(3, (1,)))) % 4][0] for c in y[i].tolist()])
        a, b, c = enc(X[i]), enc(X[p]), enc(X[n])
        dp, dn = (a - b).pow(2).sum(1), (a - c).pow(2).sum(1)
        loss = F.relu(dp - dn - 1.0).mean()  # bug
        loss = F.relu(dp - dn + 1.0).mean()  # fix
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
