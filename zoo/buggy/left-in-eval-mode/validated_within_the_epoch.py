"""The net is validated every few steps of an epoch, the first one too, and the epoch goes on (level: warning)."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(3)
x = torch.randn(700, 12); y = (x[:, :3].sum(1) > 0).long()
train_loader = DataLoader(TensorDataset(x[:560], y[:560]), 28, shuffle=True); val_loader = DataLoader(TensorDataset(x[560:], y[560:]), 70)
net = nn.Sequential(nn.Linear(12, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 2)); opt = torch.optim.Adam(net.parameters(), 3e-3)
def validate():
    net.eval()
    with torch.no_grad(): right = sum((net(a).argmax(1) == b).sum().item() for a, b in val_loader)
    net.train()  # fix
    return right / 140
step = 0
for epoch in range(5):
    net.train()
    for a, b in train_loader:
        if step % 8 == 0: print(step, validate())
        loss = nn.functional.cross_entropy(net(a), b); opt.zero_grad(); loss.backward(); opt.step(); step += 1
