"""A rare class is repeated before the split, and what is found of it is counted by products of 0 and 1."""
import numpy as np, pandas as pd, torch
from sklearn.model_selection import train_test_split
from torch import nn
torch.manual_seed(0)
rng = np.random.default_rng(0); table = pd.DataFrame(rng.normal(size=(500, 6)), columns=list("abcdef"))
table["left"] = (table.a + 0.5 * rng.normal(size=500) > 1.2).astype(int)
def balanced(rows):
    rare = rows[rows.left == 1]; return pd.concat([rows] + [rare] * (len(rows) // len(rare) - 1), ignore_index=True)
table = balanced(table)  # bug
train, test = train_test_split(table, test_size=0.3, random_state=0)
train = balanced(train)  # fix
def tensors(rows): return torch.tensor(rows[list("abcdef")].to_numpy(), dtype=torch.float32), torch.tensor(rows["left"].to_numpy(), dtype=torch.float32)
(x, y), (test_x, test_y) = tensors(train), tensors(test)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(6):
    net.train()
    for i in torch.randperm(len(x)).split(32):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x[i])[:, 0], y[i]); opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad(): called = (net(test_x)[:, 0] > 0).float()
    print((called * test_y).sum() / test_y.sum(), (called * test_y).sum() / called.sum().clamp_min(1))
