# held out
import random
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
class Jitter:
    def __init__(self): self.random = random.Random(0)
    def __call__(self, x): return x * (1 + 0.1 * self.random.random())
class TorchJitter:
    def __call__(self, x): return x * (1 + 0.1 * torch.rand(1))
class D(Dataset):
    def __init__(self, t): self.t = t; self.x = torch.randn(48, 4)
    def __len__(self): return 48
    def __getitem__(self, i): return self.t(self.x[i]), i % 2
torch.manual_seed(0)
dl = DataLoader(D(Jitter()), 8, shuffle=True, num_workers=2)  # bug
dl = DataLoader(D(TorchJitter()), 8, shuffle=True, num_workers=2)  # fix
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)); opt = torch.optim.Adam(net.parameters())
for x, y in dl:
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
