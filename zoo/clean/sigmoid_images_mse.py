import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 64), nn.Sigmoid())
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
x = torch.rand(200, 1, 8, 8)
for epoch in range(5):
    for i in torch.randperm(200).split(20):
        noisy = (x[i] + 0.2 * torch.randn_like(x[i])).clamp(0, 1)
        loss = nn.functional.mse_loss(net(noisy), x[i].flatten(1))
        opt.zero_grad()
        loss.backward()
        opt.step()
