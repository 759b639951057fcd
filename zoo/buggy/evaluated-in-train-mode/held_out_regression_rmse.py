# held out
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(400, 6); y = x.sum(1, keepdim=True)
tr, te = DataLoader(TensorDataset(x[:320], y[:320]), 32, shuffle=True), DataLoader(TensorDataset(x[320:], y[320:]), 20)
net = nn.Sequential(nn.Linear(6, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 1)); opt = torch.optim.Adam(net.parameters(), 1e-3)
@torch.no_grad()
def test():
    net.eval()  # fix
    se = n = 0
    for xb, yb in te:
        se += nn.functional.mse_loss(net(xb), yb, reduction="sum").item(); n += len(xb)
    return (se / n) ** 0.5
for epoch in range(3):
    net.train()
    for xb, yb in tr:
        opt.zero_grad(); nn.functional.mse_loss(net(xb), yb).backward(); opt.step()
    print(test())
