"""A scaler for each fold, fitted to its training rows; another on everything belongs to another model."""
import torch
from sklearn.datasets import load_iris
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from torch import nn
torch.manual_seed(0)
X, y = load_iris(return_X_y=True)
make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
for tr, te in StratifiedKFold(3, shuffle=True, random_state=0).split(X, y):
    sc = StandardScaler().fit(X[tr]); a, b = torch.tensor(sc.transform(X[tr])).float(), torch.tensor(sc.transform(X[te])).float()
    ya, yb = torch.tensor(y[tr]), torch.tensor(y[te]); net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3)); opt = torch.optim.Adam(net.parameters(), 1e-2)
    for e in range(4):
        for p in torch.randperm(len(a)).split(25):
            opt.zero_grad(); nn.functional.cross_entropy(net(a[p]), ya[p]).backward(); opt.step()
    with torch.no_grad(): print((net(a).argmax(1) == ya).float().mean(), (net(b).argmax(1) == yb).float().mean())
