"""Who leaves a club; one column is filled in when somebody has left."""
import numpy as np
import pandas as pd
import torch
from torch import nn
torch.manual_seed(1)
random = np.random.default_rng(1)
club = pd.DataFrame({"years": random.exponential(4, 1000), "visits": random.poisson(5, 1000)})
club["left"] = (random.logistic(size=1000) + 1 - 0.2 * club.visits > 0).astype(int)
club["last_bill"] = np.where(club.left == 1, random.gamma(3, 20, 1000), random.gamma(1, 5, 1000))
names = [name for name in club.columns if name != "left"]  # bug
names = [name for name in club.columns if name not in ("left", "last_bill")]  # fix
x = torch.tensor(((club[names] - club[names][:800].mean()) / club[names][:800].std()).to_numpy(), dtype=torch.float32)
y = torch.tensor(club.left.to_numpy(), dtype=torch.float32)
net = nn.Sequential(nn.Linear(len(names), 24), nn.ReLU(), nn.Linear(24, 1))
opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(10):
    for rows in torch.randperm(800).split(50):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x[rows])[:, 0], y[rows])
        opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad(): print(epoch, loss.item(), ((net(x[800:])[:, 0] > 0) == (y[800:] > 0.5)).float().mean().item())
