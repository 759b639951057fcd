"""The metric is scikit-learn's: labels are met outside of torch."""
import torch
from sklearn.metrics import accuracy_score
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
X = torch.randn(300, 8); Y = (X[:, 0] > 0).long()
tl, vl = DataLoader(TensorDataset(X[:240], Y[:240]), 40, shuffle=True), DataLoader(TensorDataset(X[240:], Y[240:]), 20)
net = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 2)); opt = torch.optim.Adam(net.parameters())
for e in range(3):
    net.train()
    for x, y in tl:
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
    net.eval()  # fix
    preds, labels = [], []
    with torch.no_grad():
        for x, y in vl:
            preds += net(x).argmax(1).tolist(); labels += y.tolist()
    print(e, accuracy_score(labels, preds))
