import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
class Noisy(Dataset):
    def __init__(self):
        self.x = np.random.default_rng(1).normal(size=(60, 4)).astype("float32")
        self.rng = np.random.default_rng(0)
    def __len__(self):
        return 60
    def augment(self, x):
        return x + self.rng.normal(size=4).astype("float32") * 0.1
    def __getitem__(self, i):
        return torch.from_numpy(self.augment(self.x[i])), i % 2
def reseed(worker):  # fix
    torch.utils.data.get_worker_info().dataset.rng = np.random.default_rng(torch.initial_seed() % 2**32)  # fix
dl = DataLoader(Noisy(), 10, shuffle=True, num_workers=2)  # bug
dl = DataLoader(Noisy(), 10, shuffle=True, num_workers=2, worker_init_fn=reseed)  # fix
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)); opt = torch.optim.Adam(net.parameters())
for x, y in dl:
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
