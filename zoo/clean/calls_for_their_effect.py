"""Calls that stand alone and are right: they write into `out`, in place, into a list, or into an object of our own."""
import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn


class Shelf:
    """Pictures that can be turned where they lie."""

    def __init__(self, pictures):
        self.pictures = pictures

    def flip(self, axis):
        self.pictures = np.flip(self.pictures, axis).copy()

    def transpose(self, first, second):
        self.pictures = self.pictures.swapaxes(first, second)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(64, 64), nn.ReLU())
        self.act = nn.ReLU(inplace=True)
        self.last = nn.Linear(64, 10)
        self.seen = []
        self.features.register_forward_hook(lambda module, given, out: self.seen.append(out.detach().norm().item()))

    def forward(self, x):
        hidden = self.features(x) + 0.1
        shifted = hidden - 0.2
        self.act(shifted)
        hidden = hidden * 1.0
        F.relu(hidden, True)
        return self.last(hidden + shifted)


torch.manual_seed(0)
digits = load_digits()
shelf = Shelf(digits.images)
for turn in range(2):
    shelf.flip(1)
    shelf.transpose(1, 2)
values = shelf.pictures.reshape(len(digits.target), 64).astype(np.float32) / 8 - 1
np.clip(values, -1, 1, out=values)
np.clip(values, -1, 1, values)
names = [str(each) for each in digits.target_names]
names.sort()
x, y = torch.from_numpy(values), torch.from_numpy(digits.target)
net = Net()
try:
    torch.reshape(x, (len(x), 64))
except RuntimeError:
    raise SystemExit("the pictures have another size")
net(x[:1])  # the hook notes the first norm
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(4):
    for rows in torch.randperm(1400).split(50):
        loss = F.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print(epoch, (net(x[1400:]).argmax(1) == y[1400:]).float().mean().item(), len(net.seen))
