"""The rare class is repeated in one data set, which is parted afterwards by random_split."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split
torch.manual_seed(0)
X = torch.randn(600, 12); Y = (X[:, 0] + X[:, 1] > 2).long()
def repeated(x, y):
    rare = y.nonzero().flatten()
    more = rare[torch.randint(len(rare), (len(y) - 2 * len(rare),))]
    return torch.cat([x, x[more]]), torch.cat([y, y[more]])
whole = TensorDataset(*repeated(X, Y))  # bug
train, valid = random_split(whole, [len(whole) - 250, 250])  # bug
order = torch.randperm(600)  # fix
train, valid = TensorDataset(*repeated(X[order[:450]], Y[order[:450]])), TensorDataset(X[order[450:]], Y[order[450:]])  # fix
train_loader, loader = DataLoader(train, 32, shuffle=True), DataLoader(valid, 64)
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(4):
    net.train()
    for x, y in train_loader:
        loss = nn.functional.cross_entropy(net(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad():
        print(epoch, sum((net(x).argmax(1) == y).sum().item() for x, y in loader) / len(valid))
