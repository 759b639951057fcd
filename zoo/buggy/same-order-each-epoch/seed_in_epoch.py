import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
dl = DataLoader(TensorDataset(torch.randn(100, 4), torch.randint(0, 2, (100,))), 10, shuffle=True)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
opt = torch.optim.Adam(net.parameters())
for epoch in range(3):
    torch.manual_seed(42)  # bug
    for x, y in dl:
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
