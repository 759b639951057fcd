"""NumPy compares predictions in a column with labels in a row: all pairs are counted."""
import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(21)
rng = np.random.default_rng(4)
measures = rng.normal(size=(400, 6)).astype(np.float32)
sick = (measures[:, 0] - measures[:, 3] > 0.2).astype(np.float32)
net = nn.Sequential(nn.Linear(6, 20), nn.Tanh(), nn.Linear(20, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=4e-3)
criterion = nn.BCEWithLogitsLoss()


def accuracy(model, x, y):
    model.eval()
    with torch.no_grad():
        probability = torch.sigmoid(model(torch.from_numpy(x))).numpy()
    decided = probability > 0.5  # bug
    decided = probability[:, 0] > 0.5  # fix
    return np.mean(decided == y)


for epoch in range(8):
    net.train()
    for rows in torch.randperm(320).split(32):
        logits = net(torch.from_numpy(measures)[rows]).squeeze(1)
        loss = criterion(logits, torch.from_numpy(sick)[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, accuracy(net, measures[320:], sick[320:]))
