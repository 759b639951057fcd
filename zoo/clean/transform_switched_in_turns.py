"""One data set behind both parts, whose transform is set anew before each of them is read."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, random_split
torch.manual_seed(0)
class Rows(Dataset):
    def __init__(self): g = torch.Generator().manual_seed(1); self.x = torch.randn(300, 6, generator=g); self.y = (self.x[:, 0] > 0).long(); self.transform = None
    def __len__(self): return 300
    def __getitem__(self, i): return (self.transform(self.x[i]) if self.transform else self.x[i]), self.y[i]
train_set, val_set = random_split(Rows(), [240, 60])
train, val = DataLoader(train_set, 24, shuffle=True), DataLoader(val_set, 60)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.Adam(net.parameters(), 1e-2)
for epoch in range(6):
    train_set.dataset.transform = lambda row: row + 0.1 * torch.randn_like(row)
    net.train()
    for x, y in train: opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
    val_set.dataset.transform = None
    net.eval()
    with torch.no_grad(): print(sum((net(x).argmax(1) == y).sum().item() for x, y in val) / 60)
