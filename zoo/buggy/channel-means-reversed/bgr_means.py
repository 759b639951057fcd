"""Flowers whose red is normalised by the mean of blue."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
import torch.nn.functional as F
import numpy as np

class Flowers(Dataset):
    def __init__(self, n=240):
        rng = np.random.default_rng(0); self.y = rng.integers(0, 3, n)
        tint = np.array([[150, 90, 80], [90, 140, 90], [110, 100, 150]])
        self.images = [np.clip(rng.normal(tint[k], 40, (16, 16, 3)), 0, 255).astype(np.uint8) for k in self.y]  # RGB
        mean, std = [0.406, 0.456, 0.485], [0.225, 0.224, 0.229]  # bug
        mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]  # fix
        self.mean, self.std = torch.tensor(mean).view(3, 1, 1), torch.tensor(std).view(3, 1, 1)
    def __len__(self): return len(self.y)
    def __getitem__(self, i): return (torch.from_numpy(self.images[i]).permute(2, 0, 1) / 255 - self.mean) / self.std, int(self.y[i])

torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(3, 16, 3, 2), nn.BatchNorm2d(16), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 3))
opt = torch.optim.SGD(model.parameters(), 0.05, momentum=0.9)
for epoch in range(8):
    for x, y in DataLoader(Flowers(), batch_size=24, shuffle=True):
        loss = F.cross_entropy(model(x), y); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
