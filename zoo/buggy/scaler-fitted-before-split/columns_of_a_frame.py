"""The columns of a frame are scaled in place before train_test_split parts it."""
import numpy as np
import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn
rng = np.random.default_rng(0); torch.manual_seed(0)
frame = pd.DataFrame(rng.normal(3, 2, (300, 5)), columns=list("abcde")); frame["hit"] = (frame.a > frame.b).astype(float); columns = list("abcde")
frame[columns] = StandardScaler().fit_transform(frame[columns])  # bug
train, test = train_test_split(frame, test_size=0.25, random_state=0)
scaler = StandardScaler().fit(train[columns])  # fix
train, test = train.assign(**dict(zip(columns, scaler.transform(train[columns]).T))), test.assign(**dict(zip(columns, scaler.transform(test[columns]).T)))  # fix
def tensor(values): return torch.tensor(values.to_numpy(), dtype=torch.float32)
x, y, xt = tensor(train[columns]), tensor(train.hit), tensor(test[columns])
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1)); opt = torch.optim.Adam(net.parameters(), 1e-2)
for epoch in range(6):
    for i in torch.randperm(len(x)).split(32):
        opt.zero_grad(); nn.functional.binary_cross_entropy_with_logits(net(x[i]).squeeze(1), y[i]).backward(); opt.step()
    with torch.no_grad(): print(roc_auc_score(test.hit, net(xt).squeeze(1).numpy()))
