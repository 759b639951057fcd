"""The F1 of each batch, averaged over the batches."""
import torch
import torch.nn as nn
from sklearn.metrics import f1_score
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(11)
X = torch.randn(1000, 8); Y = (X[:, 0] + X[:, 1] + 0.6 * torch.randn(1000) > 1.6).long()
train = DataLoader(TensorDataset(X[:800], Y[:800]), batch_size=40, shuffle=True)
valid = DataLoader(TensorDataset(X[800:], Y[800:]), batch_size=40)
net = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 2))
opt = torch.optim.Adam(net.parameters(), lr=4e-3)
for epoch in range(6):
    net.train()
    for x, y in train:
        loss = nn.functional.cross_entropy(net(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    total, truth, guesses = 0.0, [], []
    with torch.no_grad():
        for x, y in valid:
            guess = net(x).argmax(1)
            total += f1_score(y.numpy(), guess.numpy(), zero_division=0)  # bug
            truth.append(y); guesses.append(guess)  # fix
    f1 = total / len(valid)  # bug
    f1 = f1_score(torch.cat(truth).numpy(), torch.cat(guesses).numpy())  # fix
    print(epoch, round(f1, 3))
