"""Regression; zero_grad stands outside the inner loop."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(1)
x = torch.randn(512, 10)
w = torch.randn(10, 1)
y = x @ w + 0.1 * torch.randn(512, 1)
loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)

net = nn.Sequential(nn.Linear(10, 64), nn.Tanh(), nn.Linear(64, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
mse = nn.MSELoss()

for epoch in range(4):
    running = 0.0
    opt.zero_grad()  # bug
    for xb, yb in loader:
        opt.zero_grad()  # fix
        loss = mse(net(xb), yb)
        loss.backward()
        opt.step()
        running += loss.item()
    print(f"epoch {epoch}: {running / len(loader):.4f}")
