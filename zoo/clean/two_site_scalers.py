import numpy as np
import torch
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler
from torch import nn
torch.manual_seed(0)
rng = np.random.default_rng(0)
x = rng.normal(3, 2, (300, 5)).astype("float32")
y = torch.tensor((x[:, 0] > 3).astype("int64"))
for train, valid in KFold(5, shuffle=True, random_state=0).split(x):
    scaler = StandardScaler()
    xt, xv = torch.tensor(scaler.fit_transform(x[train])), torch.tensor(scaler.transform(x[valid]))
    net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2))
    with torch.no_grad():
        start = (net(xt).argmax(1) == y[train]).float().mean()
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    for epoch in range(3):
        for i in torch.randperm(len(xt)).split(40):
            loss = nn.functional.cross_entropy(net(xt[i]), y[train][i])
            opt.zero_grad()
            loss.backward()
            opt.step()
    with torch.no_grad():
        print(start, (net(xv).argmax(1) == y[valid]).float().mean())
