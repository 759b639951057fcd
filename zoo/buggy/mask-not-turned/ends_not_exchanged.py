"""Boxes are mirrored with their images, end by end."""
import random
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
random.seed(0); torch.manual_seed(0); rng = np.random.default_rng(0)
SIDE = 16
def mirror(image, boxes):
    image = np.fliplr(image).copy()
    boxes = boxes.copy()
    boxes[:, [0, 2]] = SIDE - boxes[:, [0, 2]]  # bug
    boxes[:, [0, 2]] = SIDE - boxes[:, [2, 0]]  # fix
    return image, boxes
class Signs(Dataset):
    def __init__(self, n):
        self.items = []
        for _ in range(n):
            image = rng.normal(0, 0.1, (SIDE, SIDE)).astype(np.float32); x, y = rng.integers(0, 9, 2); w, h = rng.integers(3, 7, 2)
            image[y : y + h, x : x + w] += 1; self.items.append((image, np.array([[x, y, x + w, y + h]], dtype=np.float32)))
    def __len__(self): return len(self.items)
    def __getitem__(self, i):
        image, boxes = self.items[i]
        if random.random() < 0.5: image, boxes = mirror(image, boxes)
        return torch.from_numpy(image)[None], torch.from_numpy(boxes[0]) / SIDE
loader = DataLoader(Signs(160), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 196, 4)); opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(4):
    for image, box in loader:
        loss = nn.functional.smooth_l1_loss(net(image), box); opt.zero_grad(); loss.backward(); opt.step()
