"""Predictions out of fold are written into one array, and scored together."""
import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold
from torch import nn

rng = np.random.default_rng(0)
X = rng.normal(size=(240, 8)).astype("float32")
y = (X[:, 0] + X[:, 1] + 0.5 * rng.normal(size=240) > 0).astype("float32")
oof = np.zeros(240)
for part, (train, valid) in enumerate(KFold(3, shuffle=True, random_state=0).split(X)):
    torch.manual_seed(part)
    net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 1))
    opt = torch.optim.Adam(net.parameters(), lr=5e-3)
    a, b = torch.from_numpy(X[train]), torch.from_numpy(y[train])
    for epoch in range(5):
        for rows in torch.randperm(len(a)).split(32):
            opt.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(net(a[rows]).squeeze(1), b[rows]).backward()
            opt.step()
    net.eval()  # fix
    with torch.no_grad():
        oof[valid] = torch.sigmoid(net(torch.from_numpy(X[valid]))).squeeze(1).numpy()
print(roc_auc_score(y, oof))
