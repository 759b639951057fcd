import numpy as np
import torch
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 10
X, y = load_breast_cancer(return_X_y=True)
X, y = X.astype("float32"), y.astype("float32")
oof = np.zeros(len(y))
members = []

for fold, (tr, va) in enumerate(StratifiedKFold(4, shuffle=True, random_state=SEED).split(X, y)):
    torch.manual_seed(SEED + fold)
    mean, std = X[tr].mean(0), X[tr].std(0)
    scale = lambda a: torch.from_numpy((a - mean) / std)
    net = nn.Sequential(nn.Linear(30, 24), nn.ReLU(), nn.Dropout(0.2), nn.Linear(24, 1))
    opt = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.05)
    loader = DataLoader(TensorDataset(scale(X[tr]), torch.from_numpy(y[tr])), batch_size=32, shuffle=True)
    for epoch in range(10):
        net.train()
        for a, b in loader:
            loss = nn.functional.binary_cross_entropy_with_logits(net(a).squeeze(1), b)
            opt.zero_grad()
            loss.backward()
            opt.step()
    net.eval()
    with torch.no_grad():
        oof[va] = net(scale(X[va])).squeeze(1).sigmoid().numpy()
    members.append(net)
    print(f"fold {fold} auc {roc_auc_score(y[va], oof[va]):.4f}")
print("out of fold auc", round(roc_auc_score(y, oof), 4), "log loss", round(log_loss(y, oof), 4))
