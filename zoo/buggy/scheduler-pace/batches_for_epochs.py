"""A cosine over as many steps as an epoch has batches, stepped once an epoch: most of it is never reached."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] * x[:, 1] + 0.5 * x[:, 2] + 0.3 * torch.randn(900) > 0).long()
loader = DataLoader(TensorDataset(x, y), batch_size=30, shuffle=True)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
epochs = 8
cosine = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=len(loader))  # bug
cosine = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=epochs)  # fix
for epoch in range(epochs):
    for a, b in loader:
        loss = nn.functional.cross_entropy(net(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
    cosine.step()
    print(epoch, cosine.get_last_lr()[0], loss.item())
