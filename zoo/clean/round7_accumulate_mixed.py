import numpy as np
import torch
from sklearn.metrics import classification_report, confusion_matrix
from torch import nn
np.random.seed(0); torch.manual_seed(0)
x = np.random.randn(600, 8).astype(np.float32); y = (x[:, 0] > 0).astype(np.int64)
state = np.random.get_state(); np.random.shuffle(x); np.random.set_state(state); np.random.shuffle(y)
idx = np.random.permutation(len(x)); x, y = x[idx], y[idx]
xt, yt = torch.from_numpy(x), torch.from_numpy(y)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2)); opt = torch.optim.AdamW(net.parameters(), 2e-3)
for epoch in range(4):
    opt.zero_grad()
    for k, i in enumerate(torch.randperm(480).split(24)):
        loss = nn.functional.cross_entropy(net(xt[i]), yt[i]) / 4; loss.backward()
        norm = nn.utils.clip_grad_norm_(net.parameters(), float("inf"))
        if k % 4 == 3:
            nn.utils.clip_grad_norm_(net.parameters(), 1.0); opt.step(); opt.zero_grad()
with torch.no_grad(): pred = net(xt[480:]).argmax(1).numpy()
print(confusion_matrix(y[480:], pred)); print(classification_report(y[480:], pred))
