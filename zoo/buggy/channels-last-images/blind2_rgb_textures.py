import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader

SIZE, CLASSES = 16, 4


def texture(kind, rng):
    yy, xx = np.mgrid[:SIZE, :SIZE]
    wave = [xx, yy, xx + yy, np.hypot(xx - 8, yy - 8)][kind]
    tint = rng.uniform(0.3, 1.0, 3)
    pattern = 0.5 + 0.4 * np.sin(wave * 0.9 + rng.uniform(0, 6.28))
    image = pattern[..., None] * tint + rng.normal(0, 0.06, (SIZE, SIZE, 3))
    return np.clip(image, 0, 1).astype(np.float32)


class Textures(torch.utils.data.Dataset):
    def __init__(self, n, seed):
        rng = np.random.default_rng(seed)
        self.kinds = rng.integers(0, CLASSES, n)
        self.images = np.stack([texture(k, rng) for k in self.kinds])

    def __len__(self):
        return len(self.kinds)

    def __getitem__(self, i):
        return self.images[i], self.kinds[i]


def collate(items):
    images, kinds = zip(*items)
    batch = torch.from_numpy(np.stack(images))
    n, h, w, c = batch.shape
    batch = batch.view(n, c, h, w)  # bug
    batch = batch.permute(0, 3, 1, 2).contiguous()  # fix
    return (batch - 0.5) / 0.25, torch.tensor(kinds)


torch.manual_seed(131)
train = DataLoader(Textures(800, 0), batch_size=40, shuffle=True, collate_fn=collate)
test = DataLoader(Textures(240, 1), batch_size=80, collate_fn=collate)
net = nn.Sequential(
    nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
    nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, CLASSES),
)
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(8):
    net.train()
    seen = 0.0
    for x, y in train:
        loss = nn.functional.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        seen += loss.item() / len(train)
    net.eval()
    with torch.no_grad():
        acc = np.mean([(net(x).argmax(1) == y).float().mean().item() for x, y in test])
    print(epoch, round(seen, 3), round(acc, 3))
