"""The running loss is set to 0 once."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(320, 6); y = x.sum(1, keepdim=True)
loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 3e-3)
running_loss = 0.0  # bug
for epoch in range(4):
    running_loss = 0.0  # fix
    for a, b in loader:
        loss = nn.functional.mse_loss(net(a), b); opt.zero_grad(); loss.backward(); opt.step()
        running_loss += loss.item()
    print(epoch, running_loss / len(loader))
