# held out
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0)
class Folder(Dataset):
    def __init__(self):
        self.items = [(torch.rand(1, 6, 6) + c * 0.3, c) for c in range(5) for _ in range(60)]
    def __len__(self): return len(self.items)
    def __getitem__(self, i): return self.items[i]
loader = DataLoader(Folder(), batch_size=15, shuffle=False)  # bug
loader = DataLoader(Folder(), batch_size=15, shuffle=True)  # fix
net = nn.Sequential(nn.Flatten(), nn.Linear(36, 20), nn.ReLU(), nn.Linear(20, 5)); opt = torch.optim.Adam(net.parameters())
for e in range(2):
    for x, y in loader:
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
