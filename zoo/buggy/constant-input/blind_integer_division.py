import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rng = np.random.default_rng(2)
n = 400
age = rng.integers(18, 90, n)
income = rng.normal(0, 1, n)
owner = rng.integers(0, 2, n)
hours = rng.normal(0, 1, n)
buys = (0.04 * (age - 50) + income + 0.5 * owner + 0.3 * rng.normal(size=n) > 0).astype(np.int64)

columns = [
    age // 100,  # bug
    age / 100,  # fix
    income,
    owner,
    hours,
]
table = torch.tensor(np.stack(columns, axis=1), dtype=torch.float32)
loader = DataLoader(TensorDataset(table, torch.tensor(buys)), batch_size=40, shuffle=True)

torch.manual_seed(2)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(5):
    right = 0
    for x, y in loader:
        optimizer.zero_grad()
        out = model(x)
        loss = nn.functional.cross_entropy(out, y)
        loss.backward()
        optimizer.step()
        right += (out.argmax(1) == y).sum().item()
    print(epoch, right / n)
