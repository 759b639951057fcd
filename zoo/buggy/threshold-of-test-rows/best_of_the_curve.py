"""The threshold of a net for a rare class is read from a curve."""
import numpy as np
import torch
from sklearn.metrics import precision_recall_curve, precision_score, recall_score
from torch import nn
torch.manual_seed(0)
x = torch.randn(1600, 10)
y = ((x[:, 0] * x[:, 1] + x[:, 2] + 0.5 * torch.randn(1600)) > 1.6).float()
train, valid, test = slice(0, 1000), slice(1000, 1300), slice(1300, 1600)
net = nn.Sequential(nn.Linear(10, 48), nn.ReLU(), nn.Linear(48, 1))
opt = torch.optim.Adam(net.parameters(), 5e-3)
for epoch in range(10):
    for rows in torch.randperm(1000).split(50):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x[train][rows])[:, 0], y[train][rows])
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
with torch.no_grad():
    p_valid, p_test = (torch.sigmoid(net(x[part])[:, 0]).numpy() for part in (valid, test))
y_valid, y_test = y[valid].numpy(), y[test].numpy()
precision, recall, thresholds = precision_recall_curve(y_test, p_test)  # bug
precision, recall, thresholds = precision_recall_curve(y_valid, p_valid)  # fix
f1 = 2 * precision * recall / (precision + recall + 1e-9)
threshold = thresholds[np.argmax(f1[:-1])]
found = p_test >= threshold
print("precision", precision_score(y_test, found), "recall", recall_score(y_test, found))
