"""The same in numpy, in a Dataset, with real colours."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from sklearn.datasets import load_sample_image
china = load_sample_image("china.jpg").astype("float32") / 255
class Crops(Dataset):
    def __init__(self, n=80, s=24):
        r = np.random.default_rng(0)
        at = [(r.integers(0, 400), r.integers(0, 600)) for _ in range(n)]
        self.pics = np.stack([china[i:i + s, j:j + s] for i, j in at])
        self.y = np.array([int(i > 200) for i, _ in at])
    def __len__(self):
        return len(self.y)
    def __getitem__(self, k):
        p = self.pics[k]
        p = p.reshape(3, 24, 24)  # bug
        p = p.transpose(2, 0, 1).copy()  # fix
        return torch.from_numpy(p), self.y[k]
torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 2))
opt = torch.optim.Adam(net.parameters())
for x, y in DataLoader(Crops(), 20, shuffle=True):
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
