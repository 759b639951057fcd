"""Workers draw from torch's generator."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0)
class D(Dataset):
    def __init__(self):
        self.x = torch.randn(60, 6)
    def __len__(self):
        return 60
    def __getitem__(self, i):
        return self.x[i] + 0.1 * torch.randn(6), i % 2
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.Adam(net.parameters())
for e in range(2):
    for x, y in DataLoader(D(), 10, shuffle=True, num_workers=2):
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
