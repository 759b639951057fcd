import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset


class Shapes(Dataset):
    def __init__(self, augment=False, n=240):
        g = torch.Generator().manual_seed(0)
        self.y = torch.randint(0, 2, (n,), generator=g)
        self.x = torch.rand(n, 1, 12, 12, generator=g) * 0.5
        self.x[self.y == 1, :, 4:8, :] += 0.5
        self.x[self.y == 0, :, :, 4:8] += 0.5
        self.augment = augment

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        image = self.x[i]
        if self.augment:
            image = (image + 0.1 * torch.randn_like(image)).roll(int(torch.randint(-2, 3, ())), dims=-1)
        return image, self.y[i]


torch.manual_seed(0)
order = torch.randperm(240).tolist()
train_set = Subset(Shapes(augment=True), order[:180])
val_set = Subset(Shapes(augment=True), order[180:])  # bug
val_set = Subset(Shapes(), order[180:])  # fix
train_loader = DataLoader(train_set, batch_size=30, shuffle=True)
val_loader = DataLoader(val_set, batch_size=60)

net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(288, 2))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(4):
    net.train()
    for x, y in train_loader:
        opt.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        for x, y in val_loader:
            print(epoch, nn.functional.cross_entropy(net(x), y).item())
