"""Rows are mixed, their labels are not."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
y = torch.randint(0, 4, (320,)); x = torch.randn(4, 60)[y] + torch.randn(320, 60)
loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Linear(60, 32), nn.ReLU(), nn.Linear(32, 4)); opt = torch.optim.Adam(net.parameters(), 2e-3); ce = nn.CrossEntropyLoss()
for epoch in range(2):
    for a, b in loader:
        lam = torch.distributions.Beta(1.0, 1.0).sample().item(); perm = torch.randperm(len(a))
        out = net(lam * a + (1 - lam) * a[perm])
        loss = ce(out, b)  # bug
        loss = lam * ce(out, b) + (1 - lam) * ce(out, b[perm])  # fix
        opt.zero_grad(); loss.backward(); opt.step()
