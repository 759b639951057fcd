"""Beats of patients are parted by a splitter that knows of no patients."""
import numpy as np
import torch
from sklearn.model_selection import GroupShuffleSplit, ShuffleSplit
from torch import nn
torch.manual_seed(0); rng = np.random.default_rng(0)
patient = np.repeat(np.arange(40), 12); sick = rng.integers(0, 2, 40)[patient]
x = rng.normal(0, 0.8, (40, 16))[patient] + sick[:, None] * 0.7 + rng.normal(0, 0.4, (480, 16)); y = sick
def parts(x, y, patient):
    splitter = ShuffleSplit(1, test_size=0.25, random_state=0)  # bug
    splitter = GroupShuffleSplit(1, test_size=0.25, random_state=0)  # fix
    return next(splitter.split(x, y, patient))
train, test = parts(x, y, patient)
x = torch.tensor(x, dtype=torch.float32); y = torch.tensor(y)
net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 2)); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(8):
    net.train()
    for rows in torch.tensor(train)[torch.randperm(len(train))].split(36):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows]); opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad(): print((net(x[test]).argmax(1) == y[test]).float().mean().item())
