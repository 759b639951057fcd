"""R2 of predictions in the order of a shuffled loader, and of labels in the order of the table."""

import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import TensorDataset, DataLoader
from sklearn.metrics import r2_score

torch.manual_seed(0)
X = torch.randn(800, 8)
y = (X @ torch.randn(8, 1)) + 0.1 * torch.randn(800, 1)
X_train, y_train, X_test, y_test = X[:600], y[:600], X[600:], y[600:]
train_loader = DataLoader(TensorDataset(X_train, y_train), batch_size=32, shuffle=True)
test_loader = DataLoader(TensorDataset(X_test, y_test), batch_size=32, shuffle=True)  # bug
test_loader = DataLoader(TensorDataset(X_test, y_test), batch_size=32)  # fix
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters(), 1e-2)
for epoch in range(10):
    for a, b in train_loader:
        loss = nn.functional.mse_loss(net(a), b)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
net.eval()
preds = []
with torch.no_grad():
    for a, _ in test_loader:
        preds.append(net(a).numpy())
preds = np.concatenate(preds)
print("R2", r2_score(y_test.numpy(), preds), "rmse", np.sqrt(((preds - y_test.numpy()) ** 2).mean()))
