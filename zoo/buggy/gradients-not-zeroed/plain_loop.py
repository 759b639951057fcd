"""A classifier on two moons."""
import torch
from torch import nn
from sklearn.datasets import make_moons

torch.manual_seed(0)
X, y = make_moons(400, noise=0.2, random_state=0)
X = torch.tensor(X, dtype=torch.float32)
y = torch.tensor(y)

model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 2))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)

for epoch in range(3):
    perm = torch.randperm(len(X))
    for i in range(0, len(X), 32):
        idx = perm[i:i + 32]
        optimizer.zero_grad()  # fix
        out = model(X[idx])
        loss = criterion(out, y[idx])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
