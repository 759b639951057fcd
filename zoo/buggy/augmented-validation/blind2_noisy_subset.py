import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset, random_split
from sklearn.datasets import load_digits


class Digits(Dataset):
    def __init__(self, augment):
        d = load_digits()
        self.x = torch.tensor(d.images / 16.0, dtype=torch.float32).unsqueeze(1)
        self.y = torch.tensor(d.target)
        self.augment = augment

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        image = self.x[i]
        if self.augment:
            shift = torch.randint(-1, 2, (2,)).tolist()
            image = torch.roll(image, shift, dims=(1, 2)) + 0.1 * torch.randn_like(image)
        return image, self.y[i]


def data(batch_size, share=0.8):
    full = Digits(augment=True)
    n = int(share * len(full))
    train, valid = random_split(full, [n, len(full) - n])
    valid = Subset(Digits(augment=False), valid.indices)  # fix
    return DataLoader(train, batch_size, shuffle=True), DataLoader(valid, batch_size)


def evaluate(net, loader):
    net.eval()
    loss = hits = n = 0
    with torch.no_grad():
        for x, y in loader:
            out = net(x)
            loss += nn.functional.cross_entropy(out, y, reduction="sum").item()
            hits += (out.argmax(1) == y).sum().item()
            n += len(y)
    return loss / n, hits / n


if __name__ == "__main__":
    torch.manual_seed(191)
    train, valid = data(60)
    net = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(512, 10),
    )
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    for epoch in range(6):
        net.train()
        for x, y in train:
            loss = nn.functional.cross_entropy(net(x), y)
            opt.zero_grad()
            loss.backward()
            opt.step()
        print("epoch %d valid loss %.3f accuracy %.3f" % (epoch, *evaluate(net, valid)))
