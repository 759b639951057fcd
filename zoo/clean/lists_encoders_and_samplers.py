"""A list that is copied before it is emptied, encoders fitted to what may be known, and a sampler that draws nothing."""

import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)
STEPS = 20
alpha_bar = torch.linspace(0.99, 0.05, STEPS)


class Numbers:
    """Numbers all words that occur; of what they go with it learns nothing."""

    def fit(self, words):
        self.known = {word: at for at, word in enumerate(sorted(set(words.tolist())))}
        return self

    def transform(self, words):
        return np.array([self.known[word] for word in words.tolist()])


def words():
    kinds = rng.choice(["red", "green", "blue"], 400)
    train, valid = np.arange(300), np.arange(300, 400)
    number = Numbers().fit(kinds[train])
    codes = np.zeros(400, dtype=np.int64)
    codes[train], codes[valid] = number.transform(kinds[train]), number.transform(kinds[valid])
    net = nn.Sequential(nn.Embedding(3, 4), nn.Linear(4, 3))
    optimiser = torch.optim.Adam(net.parameters(), lr=2e-2)
    y = torch.tensor((codes + 1) % 3)
    for _ in range(3):
        for rows in np.array_split(rng.permutation(train), 12):
            loss = nn.functional.cross_entropy(net(torch.tensor(codes[rows])), y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    print("words", round(loss.item(), 3))


def batches_of_a_list():
    net = nn.Linear(3, 1)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.05)
    rows, kept = [], []
    for step in range(400):
        x = torch.randn(3)
        rows.append((x, x.sum()))
        if len(rows) == 8:
            kept.append(list(rows))
            rows.clear()
            batch = kept[int(rng.integers(len(kept)))]
            loss = nn.functional.mse_loss(net(torch.stack([x for x, _ in batch]))[:, 0], torch.stack([y for _, y in batch]))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    print("list", round(loss.item(), 4))


def without_noise():
    """DDIM (Song et al. 2021) adds the prediction again on purpose."""
    net = nn.Sequential(nn.Linear(3, 48), nn.SiLU(), nn.Linear(48, 2))
    optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)
    for _ in range(150):
        x = torch.randn(128, 2) * 0.1 + 1
        t = torch.randint(0, STEPS, (128,))
        noise = torch.randn_like(x)
        a = alpha_bar[t, None]
        loss = nn.functional.mse_loss(net(torch.cat([a.sqrt() * x + (1 - a).sqrt() * noise, t[:, None] / STEPS], 1)), noise)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        x = torch.randn(200, 2)
        for t in reversed(range(1, STEPS)):
            eps = net(torch.cat([x, torch.full((200, 1), t / STEPS)], 1))
            x0 = (x - (1 - alpha_bar[t]).sqrt() * eps) / alpha_bar[t].sqrt()
            x = alpha_bar[t - 1].sqrt() * x0 + (1 - alpha_bar[t - 1]).sqrt() * eps
    print("sampler", round(loss.item(), 3), x.mean().item())


words()
batches_of_a_list()
without_noise()
