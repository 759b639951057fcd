"""Windows are turned round with a probability that is an argument, and a whole number is compared with it."""
import numpy as np, torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
class Waves(Dataset):
    def __init__(self, rows, labels, flip=0.2): self.rows, self.labels, self.flip = rows, labels, flip
    def __len__(self): return len(self.rows)
    def __getitem__(self, i):
        row = self.rows[i]
        chance = np.random.randint(0, 2)  # bug
        chance = np.random.random()  # fix
        if chance < self.flip: row = row.flip(0)
        return row, self.labels[i]
np.random.seed(0); torch.manual_seed(0)
labels = torch.randint(0, 2, (400,)); rows = torch.sin(torch.linspace(0, 6, 24) * (1 + labels[:, None])) + 0.5 * torch.randn(400, 24)
net = nn.Sequential(nn.Linear(24, 32), nn.ReLU(), nn.Linear(32, 2)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(8):
    for batch, target in DataLoader(Waves(rows, labels), 40, shuffle=True):
        loss = nn.functional.cross_entropy(net(batch), target); opt.zero_grad(); loss.backward(); opt.step()
