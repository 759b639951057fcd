import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, get_worker_info


class Jittered(Dataset):
    def __init__(self, n=160):
        g = torch.Generator().manual_seed(0)
        self.x = torch.randn(n, 6, generator=g)
        self.y = self.x[:, :2].sum(1)
        self.rng = random.Random(1234)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        noise = torch.tensor([self.rng.gauss(0, 0.1) for _ in range(6)])
        return self.x[i] + noise, self.y[i]


def reseed(worker):
    info = get_worker_info()
    info.dataset.rng.seed(info.seed)


def main():
    torch.manual_seed(0)
    loader = DataLoader(Jittered(), batch_size=16, shuffle=True, num_workers=2)  # bug
    loader = DataLoader(Jittered(), batch_size=16, shuffle=True, num_workers=2, worker_init_fn=reseed)  # fix
    net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    for epoch in range(2):
        for x, y in loader:
            opt.zero_grad()
            loss = nn.functional.mse_loss(net(x).squeeze(1), y)
            loss.backward()
            opt.step()
        print(epoch, loss.item())


if __name__ == "__main__":
    main()
