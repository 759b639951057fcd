import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class SAM:
    """Ascends to a sharp neighbour, takes the gradient there, and steps from where it was."""

    def __init__(self, params, base, rho=0.05, **options):
        self.params = list(params)
        self.base, self.rho = base(self.params, **options), rho

    @torch.no_grad()
    def climb(self):
        norm = torch.stack([p.grad.norm() for p in self.params]).norm() + 1e-12
        self.moves = [p.grad * (self.rho / norm) for p in self.params]
        torch._foreach_add_(self.params, self.moves)
        self.base.zero_grad()

    @torch.no_grad()
    def descend(self):
        torch._foreach_sub_(self.params, self.moves)
        self.base.step()
        self.base.zero_grad()


def freeze_statistics(net, frozen):
    for m in net.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.momentum = 0.0 if frozen else 0.1


torch.manual_seed(1)
d = load_digits()
xa, xb, ya, yb = train_test_split(torch.tensor(d.images / 16).float().unsqueeze(1), torch.tensor(d.target), test_size=0.25, random_state=1)
net = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(128, 10),
)
sam = SAM(net.parameters(), torch.optim.SGD, lr=0.05, momentum=0.9)
for epoch in range(5):
    net.train()
    total = 0.0
    for x, y in DataLoader(TensorDataset(xa, ya), batch_size=48, shuffle=True, drop_last=True):
        freeze_statistics(net, False)
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        sam.climb()
        freeze_statistics(net, True)
        F.cross_entropy(net(x), y).backward()
        sam.descend()
        total += loss.item()
    net.eval()
    with torch.no_grad():
        print(epoch, round(total / 28, 4), (net(xb).argmax(1) == yb).float().mean().item())
