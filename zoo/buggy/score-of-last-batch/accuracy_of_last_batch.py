"""The accuracy is computed after the loop over the batches."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
import os
torch.manual_seed(7)
X = torch.randn(500, 8); Y = (X[:, 0] + 0.5 * torch.randn(500) > 0).long()
tr, va = DataLoader(TensorDataset(X[:400], Y[:400]), batch_size=25, shuffle=True), DataLoader(TensorDataset(X[400:], Y[400:]), batch_size=16)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2)); opt = torch.optim.Adam(net.parameters(), lr=3e-3); best = 0
for e in range(6):
    net.train()
    for x, y in tr:
        loss = F.cross_entropy(net(x), y); opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad():
        right = n = 0
        for x, y in va:
            pred = net(x).argmax(1)
            right += (pred == y).sum().item(); n += len(y)  # fix
        acc = (pred == y).float().mean().item()  # bug
        acc = right / n  # fix
    if acc > best:
        best = acc; torch.save(net.state_dict(), os.devnull)
