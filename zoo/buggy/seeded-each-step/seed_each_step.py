import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 8))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
clean = torch.randn(256, 8)
def noisy(x):
    torch.manual_seed(42)  # bug
    return x + 0.3 * torch.randn_like(x)
for step in range(60):
    i = torch.arange(step * 16, step * 16 + 16) % 256
    x = clean[i]
    loss = nn.functional.mse_loss(net(noisy(x)), x)
    opt.zero_grad()
    loss.backward()
    opt.step()
