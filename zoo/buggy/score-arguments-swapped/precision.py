"""Precision and recall with their arguments the wrong way round."""
import torch
from sklearn.metrics import precision_score, recall_score
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 8); y = (x[:, 0] + 0.5 * torch.randn(600) > 0.8).long()
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(4):
    for i in torch.randperm(480).split(48):
        loss = nn.functional.cross_entropy(net(x[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad(): preds = net(x[480:]).argmax(1).numpy()
labels = y[480:].numpy()
print(precision_score(preds, labels), recall_score(preds, labels))  # bug
print(precision_score(labels, preds), recall_score(labels, preds))  # fix
