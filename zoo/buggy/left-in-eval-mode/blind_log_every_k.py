import torch
import torch.nn as nn
import torch.nn.functional as F


def make(n, seed):
    g = torch.Generator().manual_seed(seed)
    labels = torch.randint(0, 3, (n,), generator=g)
    images = torch.randn(n, 1, 12, 12, generator=g)
    for k in range(3):
        images[labels == k, :, 4 * k:4 * k + 4] += 0.3
    return images, labels


class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(16)
        self.fc = nn.Linear(16 * 9, 3)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        return self.fc(x.flatten(1))


@torch.no_grad()
def accuracy(model, images, labels):
    was = model.training  # fix
    model.eval()
    score = (model(images).argmax(1) == labels).float().mean().item()
    model.train(was)  # fix
    return score


torch.manual_seed(0)
images, labels = make(320, 1)
held_images, held_labels = make(100, 2)
model = SmallNet().train()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
step = 0
while step < 36:
    for rows in torch.randperm(320).split(32):
        loss = F.cross_entropy(model(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
        if step % 12 == 0:
            print(step, loss.item(), accuracy(model, held_images, held_labels))
