"""The rare class is repeated before the split; scikit-learn scores what leaves torch as numbers."""
import numpy as np
import torch
from sklearn.metrics import average_precision_score
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
rng = np.random.default_rng(7); torch.manual_seed(7)
x = rng.normal(size=(900, 8)).astype(np.float32); y = (x[:, 0] + rng.normal(size=900) > 2).astype(np.int64)
rare = np.flatnonzero(y); more = np.concatenate([np.arange(900), np.repeat(rare, 6)])
x, y = x[more], y[more]  # bug
order = rng.permutation(len(x)); cut = len(order) // 4
parts = [TensorDataset(torch.from_numpy(x[part]), torch.from_numpy(y[part])) for part in (order[cut:], order[:cut])]
train, valid = DataLoader(parts[0], 40, shuffle=True), DataLoader(parts[1], 100)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(4):
    net.train()
    for a, b in train:
        loss = nn.functional.cross_entropy(net(a), b); opt.zero_grad(); loss.backward(); opt.step()
    net.eval(); scores, labels = [], []
    with torch.no_grad():
        for a, b in valid:
            scores += net(a).softmax(1)[:, 1].tolist(); labels += b.tolist()
    print(epoch, average_precision_score(labels, scores))
