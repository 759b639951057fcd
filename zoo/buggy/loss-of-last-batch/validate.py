"""Regression: the best epoch by the validation loss."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(52)
x = torch.randn(1000, 8); y = x[:, :2].sum(1, keepdim=True) + 0.3 * torch.randn(1000, 1)
train_loader = DataLoader(TensorDataset(x[:800], y[:800]), 50, shuffle=True); val_loader = DataLoader(TensorDataset(x[800:], y[800:]), 30)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1)); criterion = nn.MSELoss(); opt = torch.optim.Adam(model.parameters(), lr=2e-3)
best = float("inf")
def validate(model, criterion, val_loader):
    model.eval()
    total, rows = 0.0, 0  # fix
    with torch.no_grad():
        for xb, yb in val_loader:
            val_loss = criterion(model(xb), yb)
            total += val_loss.item() * len(xb); rows += len(xb)  # fix
    model.train()
    return val_loss.item()  # bug
    return total / rows  # fix
for epoch in range(6):
    for xb, yb in train_loader:
        loss = criterion(model(xb), yb); opt.zero_grad(); loss.backward(); opt.step()
    v = validate(model, criterion, val_loader)
    if v < best: best, kept = v, {k: p.clone() for k, p in model.state_dict().items()}
    print(epoch, v)
model.load_state_dict(kept); print(validate(model, criterion, val_loader))
