import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(500, 6)
y = (x[:, 0] * 2 - x[:, 1])[:, None] + 0.1 * torch.randn(500, 1)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(120):
    i = torch.randint(0, 500, (64,))
    loss = nn.functional.mse_loss(net(x[i]), y[i])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 19:
        net.eval()
        with torch.no_grad():
            print("fit of all rows", nn.functional.mse_loss(net(x), y).item())
        net.train()
