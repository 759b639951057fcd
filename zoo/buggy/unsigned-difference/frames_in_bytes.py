"""A data set holds frames as bytes, and subtracts one from the next."""
import numpy as np, torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0)
class Clips(Dataset):
    def __init__(self, count=240):
        rng = np.random.default_rng(0); self.moves = rng.integers(0, 2, count)
        self.clips = rng.integers(60, 90, (count, 3, 8, 8)).astype(np.uint8); self.clips[:, 2, :, 4:] += (20 * self.moves[:, None, None]).astype(np.uint8)
    def __len__(self): return len(self.clips)
    def __getitem__(self, at):
        first, last = self.clips[at, 0], self.clips[at, 2]
        change = (last - first).astype(np.float32) / 40  # bug
        change = (last.astype(np.float32) - first.astype(np.float32)) / 40  # fix
        return torch.from_numpy(change)[None], int(self.moves[at])
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 2)); opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(3):
    for x, y in DataLoader(Clips(), 24, shuffle=True):
        loss = nn.functional.cross_entropy(net(x), y); opt.zero_grad(); loss.backward(); opt.step()
