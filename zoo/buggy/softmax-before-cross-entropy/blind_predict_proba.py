"""A scikit-learn look-alike around a small net."""
import numpy as np
import torch
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn


class TorchClassifier:
    def __init__(self, hidden=16, lr=1e-2, epochs=10, seed=0):
        self.hidden, self.lr, self.epochs, self.seed = hidden, lr, epochs, seed

    def fit(self, X, y):
        torch.manual_seed(self.seed)
        self.classes_ = np.unique(y)
        self.net_ = nn.Sequential(
            nn.Linear(X.shape[1], self.hidden), nn.ReLU(), nn.Linear(self.hidden, len(self.classes_))
        )
        X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
        criterion = nn.CrossEntropyLoss()
        opt = torch.optim.Adam(self.net_.parameters(), lr=self.lr)
        for _ in range(self.epochs):
            for idx in torch.randperm(len(X)).split(32):
                opt.zero_grad()
                loss = criterion(self._proba(X[idx]), y[idx])  # bug
                loss = criterion(self.net_(X[idx]), y[idx])  # fix
                loss.backward()
                opt.step()
        return self

    def _proba(self, X):
        return self.net_(X).softmax(1)

    @torch.no_grad()
    def predict(self, X):
        return self._proba(torch.tensor(X, dtype=torch.float32)).argmax(1).numpy()


X, y = load_wine(return_X_y=True)
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.25, random_state=0, stratify=y)
scaler = StandardScaler().fit(X_tr)
clf = TorchClassifier().fit(scaler.transform(X_tr), y_tr)
print("accuracy", (clf.predict(scaler.transform(X_te)) == y_te).mean())
