import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(320, 6)
loader = DataLoader(TensorDataset(x, x[:, :3].argmax(1)), batch_size=32)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
stream = iter(loader)  # fix
for step in range(40):
    xb, yb = next(iter(loader))  # bug
    try:  # fix
        xb, yb = next(stream)  # fix
    except StopIteration:  # fix
        stream = iter(loader)  # fix
        xb, yb = next(stream)  # fix
    loss = nn.functional.cross_entropy(net(xb), yb)
    opt.zero_grad()
    loss.backward()
    opt.step()
