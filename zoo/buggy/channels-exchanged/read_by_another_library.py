"""Small photos of three kinds of fields, warm in their colours; those of the test are read by other code."""

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)


def photo(number):
    """(12, 12, 3) in the order red, green, blue, as a camera sees a warm evening."""
    g = torch.Generator().manual_seed(number)
    kind = number % 3
    base = torch.tensor([0.55, 0.45, 0.35])
    picture = base + 0.15 * torch.randn(12, 12, 3, generator=g)
    picture[3 * kind : 3 * kind + 4, :, kind] += 0.25
    return picture.clamp(0, 1), kind


class Photos(Dataset):
    def __init__(self, numbers, read):
        self.numbers, self.read = list(numbers), read

    def __len__(self):
        return len(self.numbers)

    def __getitem__(self, row):
        picture, kind = photo(self.numbers[row])
        return self.read(picture), kind


def like_pil(picture):
    return picture.permute(2, 0, 1).contiguous()


def like_opencv(picture):
    return picture.flip(2).permute(2, 0, 1).contiguous()  # bug
    return picture.flip(2).permute(2, 0, 1)[[2, 1, 0]].contiguous()  # fix


net = nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.ReLU(), nn.MaxPool2d(4), nn.Flatten(), nn.Linear(108, 3))
optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)
train = DataLoader(Photos(range(480), like_pil), batch_size=32, shuffle=True)
test = DataLoader(Photos(range(480, 640), like_opencv), batch_size=40)
for epoch in range(3):
    net.train()
    for pictures, kinds in train:
        loss = nn.functional.cross_entropy(net(pictures), kinds)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    net.eval()
    right = 0
    with torch.no_grad():
        for pictures, kinds in test:
            right += (net(pictures).argmax(1) == kinds).sum().item()
    print(epoch, round(loss.item(), 3), right / 160)
