"""A denoising autoencoder whose output is compared with the noisy rows."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(500, 4) @ torch.randn(4, 30)
net = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 30))
opt = torch.optim.Adam(net.parameters(), 1e-3)
criterion = nn.MSELoss()
for epoch in range(6):
    for rows in torch.randperm(500).split(50):
        clean = x[rows]
        noisy = clean + 0.3 * torch.randn_like(clean)
        restored = net(noisy)
        loss = criterion(restored, noisy)  # bug
        loss = criterion(restored, clean)  # fix
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
