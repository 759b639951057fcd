import torch
from sklearn.datasets import load_iris
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

iris = load_iris()
X = torch.tensor(iris.data, dtype=torch.float32)
X = (X - X.mean(0)) / X.std(0)
y = torch.tensor(iris.target)


def fit(net, dataset, epochs, lr, batch_size, shuffle):
    history = []
    loader = DataLoader(dataset, batch_size=batch_size, shuffle=shuffle)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    for _ in range(epochs):
        total = 0.0
        for features, species in loader:
            optimizer.zero_grad()
            loss = criterion(net(features), species)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(species)
        history.append(total / len(dataset))
    return history


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 12), nn.Tanh(), nn.Linear(12, 3))
settings = dict(epochs=8, lr=0.05, batch_size=25)
settings["shuffle"] = False  # bug
settings["shuffle"] = True  # fix
for epoch, value in enumerate(fit(model, TensorDataset(X, y), **settings)):
    print(f"epoch {epoch}: {value:.4f}")
