"""Samplers that draw parts, and sums that are divided rightly: of all folds by all rows, of parts by what was drawn."""
import torch
from torch import nn
from torch.utils.data import DataLoader, RandomSampler, SubsetRandomSampler, TensorDataset

torch.manual_seed(0)
labels = torch.randint(0, 3, (600,))
data = TensorDataset(torch.randn(3, 8)[labels] + torch.randn(600, 8), labels)
folds = torch.randperm(600).chunk(3)


def fit(rows):
    net = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 3))
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    loader = DataLoader(data, batch_size=40, sampler=SubsetRandomSampler(rows.tolist()))
    for epoch in range(4):
        total = seen = 0
        for x, y in loader:
            loss = nn.functional.cross_entropy(net(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            seen += len(x)
        print(epoch, f"{total / seen:.3f}", f"{len(loader.sampler) / len(loader.dataset):.0%} of the rows")
    return net


correct = 0
for number, fold in enumerate(folds):
    net = fit(torch.cat([each for other, each in enumerate(folds) if other != number])).eval()
    loader = DataLoader(data, batch_size=100, sampler=SubsetRandomSampler(fold.tolist()))
    with torch.no_grad():
        for x, y in loader:
            correct += (net(x).argmax(1) == y).sum().item()
print(f"{correct / len(data):.3f} right in the fold that a net has not seen")

quarter = DataLoader(data, batch_size=50, sampler=RandomSampler(data, num_samples=150))
confident = 0
for _ in range(4):
    with torch.no_grad():
        for x, y in quarter:
            confident += (net(x).softmax(1).amax(1) > 0.9).sum().item()
print(f"{confident / len(quarter.dataset):.3f} are sure, in four draws of a quarter")
