"""Correct: scores of scores."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score
torch.manual_seed(6)
X = torch.randn(400, 6)
Y = (X[:, 0] > 0.5).float()
net = nn.Linear(6, 1)
opt = torch.optim.SGD(net.parameters(), 0.3)
for e in range(20):
    loss = F.binary_cross_entropy_with_logits(net(X[:300])[:, 0], Y[:300])
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        s = net(X[300:])[:, 0].sigmoid().numpy()
    print(roc_auc_score(Y[300:], s), average_precision_score(Y[300:], s), f1_score(Y[300:], s > 0.5))
