"""Prices are learnt as z-scores and shown in their unit again."""
import numpy as np
import torch
from sklearn.preprocessing import StandardScaler
from torch import nn
torch.manual_seed(0)
random = np.random.default_rng(0)
area, age = random.uniform(30, 200, 500), random.uniform(0, 80, 500)
price = 3000 * area - 1500 * age + random.normal(0, 2e4, 500)
features, prices = StandardScaler(), StandardScaler()
z = torch.tensor(features.fit_transform(np.stack([area, age], 1)), dtype=torch.float32)
target = torch.tensor(prices.fit_transform(price[:, None]), dtype=torch.float32)
net = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), 5e-3)
for epoch in range(8):
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.mse_loss(net(z[rows]), target[rows])
        opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad(): guess = net(z[400:]).numpy()
    truth = target[400:].numpy() * features.scale_[0] + features.mean_[0]  # bug
    guess = guess * features.scale_[0] + features.mean_[0]  # bug
    truth = target[400:].numpy() * prices.scale_[0] + prices.mean_[0]  # fix
    guess = guess * prices.scale_[0] + prices.mean_[0]  # fix
    print(epoch, loss.item(), np.abs(truth - guess).mean())
