import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class LocalStage(nn.Module):
    """A stage learns from a small classifier of its own; no gradient crosses between stages."""

    def __init__(self, body, pool, width, classes=10, lr=3e-3):
        super().__init__()
        self.body, self.aux = body, nn.Sequential(pool, nn.Flatten(), nn.Linear(width, classes))
        self.opt = torch.optim.Adam(self.parameters(), lr=lr)

    def learn(self, x, y):
        h = self.body(x.detach())
        loss = F.cross_entropy(self.aux(h), y)
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        return h.detach(), loss.item()


def stages():
    return nn.ModuleList([
        LocalStage(nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU()), nn.AvgPool2d(2), 256),
        LocalStage(nn.Sequential(nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU()), nn.AvgPool2d(2), 128),
        LocalStage(nn.Sequential(nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 64), nn.ReLU()), nn.Identity(), 64),
    ])


torch.manual_seed(28)
d = load_digits()
xa, xb, ya, yb = train_test_split(torch.tensor(d.images / 16).float().unsqueeze(1), torch.tensor(d.target), test_size=0.25, random_state=28)
net = stages()
for epoch in range(8):
    net.train()
    sums = [0.0] * len(net)
    for h, y in DataLoader(TensorDataset(xa, ya), batch_size=50, shuffle=True):
        for k, stage in enumerate(net):
            h, value = stage.learn(h, y)
            sums[k] += value / 27
    net.eval()
    with torch.no_grad():
        h = xb
        for stage in net:
            h = stage.body(h)
        acc = (net[-1].aux(h).argmax(1) == yb).float().mean().item()
    print(epoch, [round(s, 3) for s in sums], round(acc, 3))
