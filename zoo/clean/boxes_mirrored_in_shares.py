"""Boxes in shares of the image are mirrored as pixels, and divided afterwards; some stand in the middle."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(3)
SIDE = 24


class Windows(Dataset):
    def __init__(self, count):
        self.images = 0.2 * torch.randn(count, 1, SIDE, SIDE)
        size = 2 * torch.randint(2, 6, (count, 2))
        corner = torch.where(torch.rand(count, 1) < 0.3, (SIDE - size) // 2, (torch.rand(count, 2) * (SIDE - size)).long())
        self.boxes = torch.cat([corner, corner + size], 1).float()
        for image, (x1, y1, x2, y2) in zip(self.images, self.boxes.long().tolist()):
            image[:, y1:y2, x1:x2] += 1.0

    def __len__(self):
        return len(self.images)

    def __getitem__(self, row):
        image, box = self.images[row], self.boxes[row].clone()
        if torch.rand(()) < 0.5:
            image = image.flip(-1)
            box[0], box[2] = SIDE - box[2].item(), SIDE - box[0].item()
        return image, box / SIDE


loader = DataLoader(Windows(400), batch_size=40, shuffle=True)
net = nn.Sequential(nn.Conv2d(1, 8, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 121, 4))
optimiser = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(8):
    for image, box in loader:
        loss = nn.functional.smooth_l1_loss(net(image), box, beta=0.05)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    print(epoch, loss.item())
