"""Every row is row 0."""
import torch
from torch import nn
torch.manual_seed(0)
data = torch.randn(100, 10); labels = torch.randint(0, 2, (100,))
net = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters())
for step in range(10):
    idx = torch.randint(0, 100, (20,))
    x = torch.stack([data[0] for i in idx])  # bug
    x = torch.stack([data[i] for i in idx])  # fix
    loss = nn.functional.cross_entropy(net(x), labels[idx])
    opt.zero_grad(); loss.backward(); opt.step()
