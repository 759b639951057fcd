"""The targets come from a frame column, (N,), the net gives (N, 1); Huber loss."""
import numpy as np
import torch
from torch import nn
torch.manual_seed(0)
rng = np.random.default_rng(0)
features = rng.normal(size=(300, 7)).astype("float32")
price = (features @ rng.normal(size=7)).astype("float32")
X = torch.from_numpy(features)
Y = torch.from_numpy(price)
Y = Y[:, None]  # fix
model = nn.Sequential(nn.Linear(7, 20), nn.SiLU(), nn.Linear(20, 1))
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for e in range(5):
    for j in range(0, 300, 50):
        loss = nn.HuberLoss()(model(X[j:j+50]), Y[j:j+50])
        opt.zero_grad(); loss.backward(); opt.step()
