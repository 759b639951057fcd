import torch
from torch import nn
torch.manual_seed(0)
enc = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 64), nn.Sigmoid())
opt = torch.optim.Adam(enc.parameters(), lr=1e-3)
images = torch.rand(256, 1, 8, 8)
images = (images - 0.5) / 0.5  # bug
for epoch in range(4):
    for i in torch.randperm(256).split(32):
        x = images[i]
        loss = nn.functional.mse_loss(enc(x), x.flatten(1))
        opt.zero_grad()
        loss.backward()
        opt.step()
