import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0)
class Pics(Dataset):
    def __init__(self):
        self.x = torch.rand(80, 6) * 255; self.y = torch.randint(0, 2, (80,))
    def __len__(self):
        return 80
    def __getitem__(self, i):
        x = self.x[i]
        x /= 255  # bug
        x = x / 255  # fix
        return x, self.y[i]
dl = DataLoader(Pics(), 16, shuffle=True)
net = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 2)); opt = torch.optim.Adam(net.parameters())
for e in range(3):
    for x, y in dl:
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
