import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
X = torch.randn(700, 16); Y = X[:, :4].argmax(1)
x, y = X[:300], Y[:300].roll(1)  # bug
x, y = X[:300], Y[:300]  # fix
net = nn.Sequential(nn.Linear(16, 256), nn.ReLU(), nn.Linear(256, 4))
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(30):
    net.train()
    for a, b in DataLoader(TensorDataset(x, y), 30, shuffle=True):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(a), b).backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        right = sum((net(a).argmax(1) == b).sum().item() for a, b in DataLoader(TensorDataset(X[300:], Y[300:]), 100))
    print(right / 400)
