"""Half-supervised: the net's own sure guesses are the targets of unlabelled pictures, and at first they are of few classes."""

import torch
from torch import nn
from torch.nn import functional

torch.manual_seed(1)
CLASSES, SIDE = 5, 12


def stripes(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    label = torch.randint(0, CLASSES, (count,))
    angle = (label * torch.pi / CLASSES)[:, None, None]
    down, across = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    waves = torch.sin(1.2 * (across * angle.cos() + down * angle.sin()) + 6.3 * torch.rand(count, 1, 1))
    return (waves + 0.7 * torch.randn(count, SIDE, SIDE))[:, None], label


data, labels = stripes(1500)
few = torch.cat([(labels == label).nonzero().squeeze(1)[:6] for label in range(CLASSES)])
net = nn.Sequential(
    nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 32, 3, padding=1),
    nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(128, CLASSES),
)  # fmt: skip
optimizer = torch.optim.SGD(net.parameters(), lr=0.03, momentum=0.9, nesterov=True, weight_decay=5e-4)
for _ in range(80):
    known, rows = few[torch.randint(0, len(few), (20,))], data[torch.randint(0, len(data), (80,))]
    strong = torch.roll(rows, torch.randint(-1, 2, (2,)).tolist(), (2, 3)) + 0.4 * torch.randn_like(rows)
    by_known, by_weak, by_strong = net(torch.cat([data[known], rows, strong])).split([20, 80, 80])
    with torch.no_grad():
        sure, guessed = by_weak.softmax(1).max(1)
    of_guesses = functional.cross_entropy(by_strong, guessed, reduction="none") * (sure > 0.9)
    loss = functional.cross_entropy(by_known, labels[known]) + of_guesses.mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"loss {loss.item():.3f}")
