import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset, WeightedRandomSampler

torch.manual_seed(20)


def draw(n):
    x = torch.randn(n, 12)
    margin = torch.tanh(x[:, 0] * 2) + x[:, 1] * x[:, 2] + 0.5 * x[:, 3]
    return x, (margin > 0.9).long(), margin.sub(0.9).abs()


class Curriculum:
    """Begins with the easy rows, and balances the classes among those that are let in."""

    def __init__(self, x, y, ease, start=0.3, full_at=5):
        self.ds, self.y = TensorDataset(x, y), y
        self.order, self.start, self.full_at = ease.argsort(descending=True), start, full_at

    def loader(self, epoch, batch):
        share = min(1.0, self.start + (1 - self.start) * epoch / self.full_at)
        rows = self.order[:int(share * len(self.order))]
        counts = torch.bincount(self.y[rows], minlength=2).float()
        sampler = WeightedRandomSampler(1.0 / counts[self.y[rows]], num_samples=len(rows), replacement=True)
        return DataLoader(Subset(self.ds, rows.tolist()), batch_size=batch, sampler=sampler)


x, y, margin = draw(1600)
xv, yv, _ = draw(500)
curriculum = Curriculum(x, y, margin)
net = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 2))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(10):
    net.train()
    seen = 0
    for a, b in curriculum.loader(epoch, 40):
        loss = F.cross_entropy(net(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
        seen += len(b)
    net.eval()
    with torch.no_grad():
        guess = net(xv).argmax(1)
    recall = [(guess[yv == k] == k).float().mean().item() for k in (0, 1)]
    print(epoch, seen, [round(r, 3) for r in recall])
