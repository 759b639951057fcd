"""Four folds, written without scikit-learn."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset

rng = np.random.RandomState(0)
x = rng.randn(320, 8).astype("float32")
y = (np.abs(x[:, 0]) + x[:, 1] + 0.2 * rng.randn(320)).astype("float32")[:, None]
full = TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
order = rng.permutation(len(full))
size = len(full) // 4

scores = []
for k in range(4):
    lo, hi = k * size, (k + 1) * size
    held = order[lo:hi]
    rest = np.concatenate([order[:lo], order[lo:]])  # bug
    rest = np.concatenate([order[:lo], order[hi:]])  # fix
    train_dl = DataLoader(Subset(full, rest.tolist()), batch_size=40, shuffle=True)
    val_dl = DataLoader(Subset(full, held.tolist()), batch_size=40)

    torch.manual_seed(k)
    net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    for epoch in range(3):
        net.train()
        for xb, yb in train_dl:
            loss = nn.functional.mse_loss(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
    net.eval()
    with torch.no_grad():
        scores.append(np.mean([nn.functional.mse_loss(net(xb), yb).item() for xb, yb in val_dl]))
print("cross-validated mse", np.mean(scores), "+-", np.std(scores))
