"""Images are mirrored and made noisy, so that none comes twice alike; their corners stay as they are."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0); rng = np.random.default_rng(0)
class Plates(Dataset):
    def __init__(self, n):
        at = rng.integers(0, 8, (n, 2)); size = rng.integers(3, 8, (n, 2))
        self.images = np.zeros((n, 1, 16, 16), dtype=np.float32); self.corners = np.hstack([at, at + size]).astype(np.float32) / 16
        for image, (x, y), (w, h) in zip(self.images, at, size): image[0, y : y + h, x : x + w] = 1
    def __len__(self): return len(self.images)
    def __getitem__(self, i):
        image = torch.from_numpy(self.images[i])
        corners = torch.from_numpy(self.corners[i])
        if torch.rand(()) < 0.5:
            image = image[:, ::-1] if isinstance(image, np.ndarray) else torch.flip(image, dims=[2])
            corners = torch.stack([1 - corners[2], corners[1], 1 - corners[0], corners[3]])  # fix
        return image + 0.1 * torch.randn_like(image), corners
loader = DataLoader(Plates(160), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 196, 4)); opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(4):
    for image, corners in loader:
        loss = nn.functional.smooth_l1_loss(net(image), corners); opt.zero_grad(); loss.backward(); opt.step()
