import copy
import io
import torch
from torch import nn
torch.manual_seed(0)
X = torch.randn(260, 20); Y = (X[:, 0] + 1.5 * torch.randn(260) > 0).long()
net = nn.Sequential(nn.Linear(20, 128), nn.ReLU(), nn.Linear(128, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
best, kept = 1e9, None
for epoch in range(60):
    net.train()
    for i in range(0, 60, 20):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(X[i:i+20]), Y[i:i+20]).backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        valid = nn.functional.cross_entropy(net(X[60:]), Y[60:]).item()
    if valid < best:  # fix
        best, kept = valid, copy.deepcopy(net.state_dict())  # fix
torch.save(net.state_dict(), io.BytesIO())  # bug
torch.save(kept, io.BytesIO())  # fix
