"""The transform of the validation part is set on the data set that both parts share."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, random_split
torch.manual_seed(0)
class Squares(Dataset):
    def __init__(self, transform=None):
        g = torch.Generator().manual_seed(1); self.y = torch.arange(400) % 4; self.transform = transform
        self.x = torch.rand(400, 1, 8, 8, generator=g) * 0.3
        for i, k in enumerate(self.y.tolist()): self.x[i, 0, 4 * (k // 2):4 * (k // 2) + 4, 4 * (k % 2):4 * (k % 2) + 4] += 0.6
    def __len__(self): return len(self.y)
    def __getitem__(self, i): return (self.transform(self.x[i]) if self.transform else self.x[i]), self.y[i]
noisy = lambda x: x + 0.2 * torch.randn_like(x)
parts = random_split(Squares(noisy), [320, 80])
train_set, val_set = parts
val_set.dataset.transform = None  # bug
val_set.dataset = Squares()  # fix
train, val = DataLoader(train_set, 32, shuffle=True), DataLoader(val_set, 80)
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(512, 4)); opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(6):
    net.train()
    for x, y in train: opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
    net.eval()
    with torch.no_grad(): print(sum((net(x).argmax(1) == y).sum().item() for x, y in val) / 80)
