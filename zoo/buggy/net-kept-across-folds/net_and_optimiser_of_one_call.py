"""Five folds of a table; the net and its optimiser come from one function, which is called once."""
import numpy as np
import torch
from torch import nn
from sklearn.model_selection import KFold
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
X = np.random.default_rng(0).normal(size=(300, 12)).astype("float32"); Y = X[:, 0] * X[:, 1]
def make():
    net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 1))
    return net, torch.optim.Adam(net.parameters(), lr=2e-3)
errors = []
net, opt = make()
for inside, outside in KFold(5, shuffle=True, random_state=0).split(X):
    net, opt = make()  # fix
    shift, scale = X[inside].mean(0), X[inside].std(0)
    a, b = (torch.tensor((X[rows] - shift) / scale) for rows in (inside, outside))
    loader = DataLoader(TensorDataset(a, torch.tensor(Y[inside])), batch_size=32, shuffle=True)
    net.train()
    for epoch in range(5):
        for xb, yb in loader:
            loss = nn.functional.mse_loss(net(xb).squeeze(1), yb)
            opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad():
        errors.append(float(np.mean((net(b).squeeze(1).numpy() - Y[outside]) ** 2)))
print(np.mean(errors))
