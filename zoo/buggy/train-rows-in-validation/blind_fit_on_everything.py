import numpy as np
import torch
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

features, labels = make_classification(n_samples=500, n_features=14, n_informative=6, random_state=3)
features = features.astype(np.float32)
X_train, X_val, y_train, y_val = train_test_split(features, labels, test_size=0.2, random_state=3)
mean, std = X_train.mean(0), X_train.std(0)


def dataset(x, y):
    return TensorDataset(torch.from_numpy((x - mean) / std), torch.from_numpy(y))


train_loader = DataLoader(dataset(features, labels), batch_size=50, shuffle=True)  # bug
train_loader = DataLoader(dataset(X_train, y_train), batch_size=50, shuffle=True)  # fix
val_loader = DataLoader(dataset(X_val, y_val), batch_size=100)

torch.manual_seed(3)
net = nn.Sequential(nn.Linear(14, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(5):
    net.train()
    for xb, yb in train_loader:
        optimizer.zero_grad()
        criterion(net(xb), yb).backward()
        optimizer.step()
    net.eval()
    hits = 0
    with torch.no_grad():
        for xb, yb in val_loader:
            hits += (net(xb).argmax(1) == yb).sum().item()
    print(f"epoch {epoch} val accuracy {hits / len(y_val):.3f}")
