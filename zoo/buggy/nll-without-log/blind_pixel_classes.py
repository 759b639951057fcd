import numpy as np
import torch
from torch import nn


def scenes(rng, n, size=12):
    """Left part sky, right part ground, a wall between them; noisy brightness of each."""
    cut = rng.integers(3, 6, size=n)
    columns = np.arange(size)[None, None, :]
    labels = (columns >= cut[:, None, None]).astype(np.int64) + (columns >= cut[:, None, None] + 4)
    labels = np.broadcast_to(labels, (n, size, size)).copy()
    image = np.array([0.2, 0.5, 0.8])[labels] + rng.normal(scale=0.08, size=labels.shape)
    return torch.tensor(image[:, None], dtype=torch.float32), torch.from_numpy(labels)


class PixelNet(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(),
            nn.Conv2d(12, classes, 3, padding=1),
        )
        self.activation = nn.Softmax2d()  # bug
        self.activation = nn.LogSoftmax(dim=1)  # fix

    def forward(self, x):
        return self.activation(self.features(x))


rng = np.random.default_rng(0)
torch.manual_seed(0)
net = PixelNet()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-2)
criterion = nn.NLLLoss(weight=torch.tensor([1.0, 1.0, 0.8]))
for step in range(40):
    x, y = scenes(rng, 16)
    optimizer.zero_grad()
    loss = criterion(net(x), y)
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(f"{step:3d} {loss.item():+.3f}")
