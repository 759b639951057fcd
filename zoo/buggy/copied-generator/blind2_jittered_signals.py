import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Jittered(Dataset):
    """Labelled waves; each reading adds fresh noise and a random shift."""

    def __init__(self, n, seed, augment=True):
        rng = np.random.default_rng(seed)
        self.y = rng.integers(0, 3, n)
        t = np.linspace(0, 4, 64)
        shape = [np.sin(6 * t), np.sign(np.sin(6 * t)), 2 / np.pi * np.arcsin(np.sin(6 * t))]
        self.x = np.stack([rng.uniform(0.7, 1.3) * np.roll(shape[k], rng.integers(64)) for k in self.y])
        self.x += rng.normal(0, 0.1, self.x.shape)
        self.augment, self.rng = augment, np.random.default_rng(seed + 1)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        x = self.x[i].copy()
        if self.augment:
            x = np.roll(x, self.rng.integers(-8, 9)) + self.rng.normal(0, 0.1, x.shape)
        return torch.tensor(x, dtype=torch.float32).unsqueeze(0), int(self.y[i])


def reseed(worker):
    info = torch.utils.data.get_worker_info()
    info.dataset.rng = np.random.default_rng(info.seed)


def main():
    torch.manual_seed(179)
    train = DataLoader(Jittered(640, 0), batch_size=32, shuffle=True, num_workers=2)  # bug
    train = DataLoader(Jittered(640, 0), batch_size=32, shuffle=True, num_workers=2, worker_init_fn=reseed)  # fix
    test = DataLoader(Jittered(200, 7, augment=False), batch_size=100)
    net = nn.Sequential(
        nn.Conv1d(1, 12, 7, padding=3), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(12, 24, 7, padding=3), nn.ReLU(),
        nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(24, 3),
    )
    opt = torch.optim.Adam(net.parameters(), lr=5e-3)
    for epoch in range(5):
        net.train()
        losses = []
        for x, y in train:
            loss = nn.functional.cross_entropy(net(x), y)
            opt.zero_grad()
            loss.backward()
            opt.step()
            losses.append(loss.item())
        net.eval()
        with torch.no_grad():
            acc = sum((net(x).argmax(1) == y).sum().item() for x, y in test) / len(test.dataset)
        print(f"{epoch} {np.mean(losses):.3f} {acc:.3f}", flush=True)


if __name__ == "__main__":
    main()
