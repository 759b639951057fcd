import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from sklearn.datasets import load_digits


class RandomErase:
    """Blanks a random square."""

    def __init__(self, side=2):
        self.side = side

    def __call__(self, image):
        image = image.clone()  # fix
        r, c = torch.randint(0, image.shape[-1] - self.side + 1, (2,)).tolist()
        image[..., r:r + self.side, c:c + self.side] = 0.0
        return image


class DigitImages(Dataset):
    def __init__(self, rows, transform=None):
        d = load_digits()
        self.images = torch.tensor(d.images[rows] / 16.0, dtype=torch.float32).unsqueeze(1)
        self.labels = torch.tensor(d.target[rows])
        self.transform = transform or (lambda image: image)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return self.transform(self.images[i]), self.labels[i]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, 20, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.fc = nn.Sequential(nn.Flatten(), nn.Linear(320, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, x):
        return self.fc(self.conv(x))


torch.manual_seed(181)
order = torch.randperm(1797).numpy()
train = DataLoader(DigitImages(order[:1400], RandomErase()), batch_size=56, shuffle=True)
test = DataLoader(DigitImages(order[1400:]), batch_size=128)
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(6):
    net.train()
    total = 0.0
    for x, y in train:
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        opt.step()
        total += loss.item()
    net.eval()
    with torch.no_grad():
        acc = sum((net(x).argmax(1) == y).sum().item() for x, y in test) / 397
    print(f"epoch {epoch} loss {total / len(train):.3f} test {acc:.3f}")
