"""Duplicates leave the inputs alone."""
import numpy as np, pandas as pd, torch
from sklearn.datasets import load_diabetes
from torch import nn
torch.manual_seed(0)
frame = load_diabetes(as_frame=True).frame
frame = pd.concat([frame.iloc[:100], frame.iloc[:40], frame.iloc[100:]], ignore_index=True)
target = frame.pop("target").to_numpy()
unique = frame.drop_duplicates()
target = target[:len(unique)]  # bug
target = target[unique.index]  # fix
x = torch.tensor(unique.to_numpy() / unique.to_numpy().std(0), dtype=torch.float32)
y = torch.tensor((target - target.mean()) / target.std(), dtype=torch.float32)[:, None]
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(10):
    for i in torch.randperm(len(x)).split(32):
        loss = nn.functional.mse_loss(net(x[i]), y[i])
        opt.zero_grad(); loss.backward(); opt.step()
