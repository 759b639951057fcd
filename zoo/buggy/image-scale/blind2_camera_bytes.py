import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from sklearn.datasets import load_digits


class ByteImages(Dataset):
    """Grey images as a camera would give them, one byte a pixel."""

    def __init__(self, rows, transform=None):
        d = load_digits()
        small = (d.images[rows] / 16.0 * 255).round().astype(np.uint8)
        self.images = small.repeat(2, axis=1).repeat(2, axis=2)
        self.labels = d.target[rows]
        self.transform = transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        image = self.images[i]
        if self.transform:
            image = self.transform(image)
        return image, int(self.labels[i])


class Compose:
    def __init__(self, *steps):
        self.steps = steps

    def __call__(self, x):
        for step in self.steps:
            x = step(x)
        return x


def to_tensor(image):
    t = torch.from_numpy(np.ascontiguousarray(image)).unsqueeze(0)
    return t.float()  # bug
    return t.float() / 255  # fix


def main():
    torch.manual_seed(127)
    rows = np.random.default_rng(127).permutation(1797)
    transform = Compose(to_tensor)
    train = DataLoader(ByteImages(rows[:1400], transform), batch_size=50, shuffle=True)
    test = DataLoader(ByteImages(rows[1400:], transform), batch_size=100)
    net = nn.Sequential(
        nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(12, 24, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(384, 10),
    )
    opt = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
    for epoch in range(5):
        net.train()
        for x, y in train:
            opt.zero_grad()
            loss = nn.functional.cross_entropy(net(x), y)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            opt.step()
        net.eval()
        with torch.no_grad():
            acc = sum((net(x).argmax(1) == y).sum().item() for x, y in test) / len(test.dataset)
        print(epoch, round(loss.item(), 4), round(acc, 4))


main()
