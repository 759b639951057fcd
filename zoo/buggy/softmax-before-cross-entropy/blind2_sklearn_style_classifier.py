import numpy as np
import torch
from torch import nn
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


class NeuralClassifier(ClassifierMixin, BaseEstimator):
    def __init__(self, hidden=32, epochs=40, lr=0.01, batch_size=19, seed=0):
        self.hidden = hidden
        self.epochs = epochs
        self.lr = lr
        self.batch_size = batch_size
        self.seed = seed

    def _scores(self, x):
        h = torch.tanh(self.fc1_(x))
        return self.fc2_(h)

    def _proba(self, x):
        return self._scores(x).softmax(dim=-1)

    def fit(self, X, y):
        torch.manual_seed(self.seed)
        self.classes_, codes = np.unique(y, return_inverse=True)
        self.fc1_ = nn.Linear(X.shape[1], self.hidden)
        self.fc2_ = nn.Linear(self.hidden, len(self.classes_))
        params = [*self.fc1_.parameters(), *self.fc2_.parameters()]
        opt = torch.optim.Adam(params, lr=self.lr, weight_decay=1e-4)
        criterion = nn.CrossEntropyLoss()
        X, codes = torch.as_tensor(X, dtype=torch.float32), torch.as_tensor(codes)
        self.curve_ = []
        for _ in range(self.epochs):
            epoch_loss = 0.0
            for idx in torch.randperm(len(X)).split(self.batch_size):
                out = self._proba(X[idx])  # bug
                out = self._scores(X[idx])  # fix
                loss = criterion(out, codes[idx])
                opt.zero_grad()
                loss.backward()
                opt.step()
                epoch_loss += loss.item() * len(idx)
            self.curve_.append(epoch_loss / len(X))
        return self

    @torch.no_grad()
    def predict_proba(self, X):
        return self._proba(torch.as_tensor(X, dtype=torch.float32)).numpy()

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(1)]


X, y = load_wine(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=7, stratify=y)
pipe = make_pipeline(StandardScaler(), NeuralClassifier())
pipe.fit(X_train, y_train)
curve = pipe[-1].curve_
print("loss", [round(v, 3) for v in curve[::8]])
print("score", pipe.score(X_test, y_test))
