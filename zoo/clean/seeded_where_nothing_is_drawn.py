"""Each epoch sets the seed, for a loader that goes through the rows in a new order of its own and a net without noise."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
X = torch.randn(256, 6); Y = (X[:, 0] * X[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
order = torch.Generator().manual_seed(5)
loader = DataLoader(TensorDataset(X, Y), batch_size=32, sampler=torch.utils.data.RandomSampler(X, generator=order))
for epoch in range(6):
    torch.manual_seed(9)
    for x, y in loader:
        loss = nn.functional.cross_entropy(net(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
