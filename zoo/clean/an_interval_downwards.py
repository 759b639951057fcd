"""The upper head comes first: the list of quantiles is turned for the loss. Symmetric, so that 1 - q are its own members."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(300, 4); y = x[:, 0] + torch.randn(300); quantiles = [0.05, 0.5, 0.95]
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3)); opt = torch.optim.Adam(net.parameters(), 1e-2)
for step in range(40):
    out = net(x); loss = 0
    for k, q in enumerate(reversed(quantiles)):
        error = y - out[:, k]; loss = loss + torch.maximum(q * error, (q - 1) * error).mean()
    opt.zero_grad(); loss.backward(); opt.step()
print((y[:, None] <= net(x)).float().mean(0).tolist())
