"""Two channels of a tensor of bytes are subtracted before they become floats."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, random_split
torch.manual_seed(0)
class Bands(Dataset):
    def __init__(self, count=240):
        self.bands = torch.randint(80, 120, (count, 2, 6, 6), dtype=torch.uint8); self.wet = torch.randint(0, 2, (count,))
        self.bands[self.wet == 1, 0] += 15
    def __len__(self): return len(self.wet)
    def __getitem__(self, at):
        near, red = self.bands[at]
        index = (near - red).float().unsqueeze(0) / 50  # bug
        index = (near.float() - red.float()).unsqueeze(0) / 50  # fix
        return index, self.wet[at]
train, test = random_split(Bands(), [200, 40])
net = nn.Sequential(nn.Flatten(), nn.Linear(36, 24), nn.ReLU(), nn.Linear(24, 2)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(3):
    for x, y in DataLoader(train, 25, shuffle=True):
        loss = nn.functional.cross_entropy(net(x), y); opt.zero_grad(); loss.backward(); opt.step()
