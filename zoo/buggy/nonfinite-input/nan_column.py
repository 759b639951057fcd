"""A table with a gap."""
import numpy as np
import torch
from torch import nn
torch.manual_seed(0)
table = np.random.default_rng(0).normal(size=(100, 5)).astype("float32")
table[17, 3] = np.nan
table = np.nan_to_num(table)  # fix
x = torch.tensor(table); y = torch.randint(0, 2, (100,))
net = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 2))
opt = torch.optim.Adam(net.parameters())
for i in range(5):
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
