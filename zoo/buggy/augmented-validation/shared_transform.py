"""One data set with random noise is split into training and validation."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0)
X, Y = torch.randn(200, 8), torch.randint(0, 2, (200,))
class D(Dataset):
    def __init__(self, rows, train):
        self.rows, self.train = rows, train
    def __len__(self):
        return len(self.rows)
    def __getitem__(self, i):
        x = X[self.rows[i]]
        if True:  # bug
        if self.train:  # fix
            x = x + 0.1 * torch.randn(8)
        return x, Y[self.rows[i]]
tl = DataLoader(D(range(150), True), 30, shuffle=True)
vl = DataLoader(D(range(150, 200), False), 25)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters())
for epoch in range(3):
    net.train()
    for x, y in tl:
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
    net.eval()
    with torch.no_grad():
        loss = sum(nn.functional.cross_entropy(net(x), y).item() for x, y in vl)
