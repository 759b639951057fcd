"""An autoencoder's errors on its training rows give the threshold by which all rows are judged; nobody scores it."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6); x[550:] += 4
train = x[:500]
net = nn.Sequential(nn.Linear(6, 3), nn.ReLU(), nn.Linear(3, 6))
opt = torch.optim.Adam(net.parameters(), 1e-2)
for epoch in range(20):
    net.train()
    for rows in torch.randperm(500).split(32):
        loss = ((net(train[rows]) - train[rows]) ** 2).mean()
        opt.zero_grad(); loss.backward(); opt.step()
net.eval()
with torch.no_grad():
    threshold = ((net(train) - train) ** 2).mean(1).quantile(0.99)
    errors = ((net(x) - x) ** 2).mean(1)
print((errors > threshold).nonzero().flatten()[:5])
