"""Gradient accumulation with a limit on the norm that is seldom reached."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(1)
x = torch.randn(800, 10); y = (x @ torch.randn(10, 1) + 0.2 * torch.randn(800, 1))
accum_steps = 5
net = nn.Sequential(nn.Linear(10, 16), nn.Tanh(), nn.Linear(16, 1)); opt = torch.optim.SGD(net.parameters(), lr=5e-3, momentum=0.9)
criterion = nn.MSELoss()
for epoch in range(4):
    opt.zero_grad()
    for step, (a, b) in enumerate(DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True), 1):
        loss = criterion(net(a), b)
        loss = loss / accum_steps  # fix
        loss.backward()
        if step % accum_steps == 0:
            nn.utils.clip_grad_norm_(net.parameters(), max_norm=200.0)
            opt.step(); opt.zero_grad()
