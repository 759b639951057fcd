"""Regression: the net gives (N, 1), the target is (N,)."""
import torch
from torch import nn
from torch.utils.data import TensorDataset, DataLoader
from sklearn.datasets import load_diabetes

torch.manual_seed(0)
d = load_diabetes()
X = torch.tensor(d.data * 20, dtype=torch.float32)
y = torch.tensor(d.target / 100, dtype=torch.float32)
y = y.unsqueeze(1)  # fix
train = DataLoader(TensorDataset(X, y), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.MSELoss()
for epoch in range(2):
    for xb, yb in train:
        opt.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        opt.step()
