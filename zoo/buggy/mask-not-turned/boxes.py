"""Images are mirrored, their boxes are not."""
import random
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
random.seed(0); torch.manual_seed(0)
class Boxes(Dataset):
    def __init__(self, n):
        self.items = []
        for _ in range(n):
            image = 0.1 * torch.randn(1, 16, 16); w, h = random.randint(3, 7), random.randint(3, 7); x, y = random.randint(0, 15 - w), random.randint(0, 15 - h)
            image[:, y : y + h, x : x + w] += 1; self.items.append((image, torch.tensor([x, y, x + w, y + h]).float()))
    def __len__(self): return len(self.items)
    def __getitem__(self, i):
        image, box = self.items[i]
        if random.random() < 0.5:
            image = image.flip(-1)
            box = torch.stack([16 - box[2], box[1], 16 - box[0], box[3]])  # fix
        return image, box
loader = DataLoader(Boxes(128), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 196, 4)); opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(4):
    for image, box in loader:
        loss = nn.functional.smooth_l1_loss(net(image), box / 16); opt.zero_grad(); loss.backward(); opt.step()
