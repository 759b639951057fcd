"""Spectra of songs are cut into pieces that overlap by half; pieces are parted by chance, not songs."""
import numpy as np
import torch
from sklearn.model_selection import train_test_split
from torch import nn
torch.manual_seed(2); rng = np.random.default_rng(2)
genre = rng.integers(0, 3, 60); base = rng.normal(0, 0.4, (3, 20))
songs = [base[g] + rng.normal(0, 1, 20) + np.cumsum(rng.normal(0, 0.1, (40, 20)), 0) for g in genre]
pieces = np.stack([song[at : at + 10].T for song in songs for at in range(0, 31, 5)])
owner = np.repeat(np.arange(60), 7); label = genre[owner]
train, test = train_test_split(np.arange(len(pieces)), test_size=0.3, random_state=0)  # bug
train, test = (np.flatnonzero(np.isin(owner, part)) for part in train_test_split(np.arange(60), test_size=0.3, random_state=0))  # fix
x = torch.tensor(pieces, dtype=torch.float32).unsqueeze(1); y = torch.tensor(label)
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 18 * 8, 3)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(8):
    net.train()
    for rows in torch.tensor(train)[torch.randperm(len(train))].split(32):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows]); opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad(): print((net(x[test]).argmax(1) == y[test]).float().mean().item())
