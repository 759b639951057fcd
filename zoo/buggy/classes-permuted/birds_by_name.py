"""Birds: training numbers them by name, the test labels follow the list of the paper; one function scores both parts."""
import torch
from sklearn.metrics import accuracy_score
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(14)
listed = ["wren", "kite", "crow", "heron", "finch", "tern", "owl", "dove"]
by_name = sorted(listed)
songs = torch.randn(len(listed), 24)


def record(count, numbers):
    birds = torch.randint(0, len(listed), (count,))
    labels = torch.tensor([numbers.index(listed[bird]) for bird in birds])
    return TensorDataset(songs[birds] + 0.7 * torch.randn(count, 24), labels)


train = record(800, by_name)
test = record(320, listed)  # bug
test = record(320, by_name)  # fix
loaders = {"train": DataLoader(train, 50, shuffle=True), "test": DataLoader(test, 50)}
net = nn.Sequential(nn.Linear(24, 48), nn.ReLU(), nn.Linear(48, len(listed)))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)


@torch.no_grad()
def accuracy(loader):
    net.eval()
    labels, predictions = [], []
    for x, y in loader:
        predictions += net(x).argmax(1).tolist()
        labels += y.tolist()
    net.train()
    return accuracy_score(labels, predictions)


for epoch in range(5):
    for x, y in loaders["train"]:
        loss = nn.functional.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, {part: round(accuracy(loader), 3) for part, loader in loaders.items()})
