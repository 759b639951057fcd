import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def fake_quantise(w, bits, limit):
    step = limit / (2 ** (bits - 1) - 1)
    q = torch.clamp(torch.round(w / step), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1) * step
    return w + (q - w).detach()


class QLinear(nn.Linear):
    def __init__(self, a, b, bits=4):
        super().__init__(a, b)
        self.bits = bits
        self.register_buffer("seen", torch.tensor(1.0))

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                self.seen.mul_(0.95).add_(0.05 * x.abs().max())
        x = fake_quantise(x, 8, self.seen)
        return F.linear(x, fake_quantise(self.weight, self.bits, self.weight.detach().abs().max()), self.bias)


torch.manual_seed(18)
d = load_digits()
x = torch.tensor(d.data[:, d.data.std(0) > 0] / 8 - 1).float()
xa, xb, ya, yb = train_test_split(x, torch.tensor(d.target), test_size=0.25, random_state=18)
net = nn.Sequential(QLinear(x.shape[1], 64), nn.Hardtanh(-2, 2), QLinear(64, 64), nn.Hardtanh(-2, 2), QLinear(64, 10))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(6):
    net.train()
    total = 0.0
    for a, b in DataLoader(TensorDataset(xa, ya), batch_size=64, shuffle=True):
        loss = F.cross_entropy(net(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item() * len(b)
    print(epoch, round(total / len(ya), 4))
net.eval()
with torch.no_grad():
    acc = (net(xb).argmax(1) == yb).float().mean().item()
    levels = [len(torch.unique(fake_quantise(m.weight, 4, m.weight.abs().max()).mul(1e4).round())) for m in net if isinstance(m, QLinear)]
print("accuracy", acc, "levels", levels)
