"""Sound and picture of a scene come from two lists, and are put in order together with what they show."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(0)
rng = np.random.default_rng(0)
scenes = 400
kinds = rng.integers(0, 3, scenes)
sounds = (kinds[:, None] == np.arange(3)) + rng.normal(0, 0.4, (scenes, 3))
pictures = (kinds[:, None] == np.arange(3)) + rng.normal(0, 0.4, (scenes, 3))
def in_order(sounds, pictures, labels):
    order = rng.permutation(len(labels))
    sounds, labels = sounds[order], labels[order]  # fix
    pictures = pictures[order]  # fix
    sounds = sounds[rng.permutation(len(labels))]  # bug
    pictures = pictures[rng.permutation(len(labels))]  # bug
    return torch.tensor(sounds).float(), torch.tensor(pictures).float(), torch.tensor(labels)
sounds, pictures, kinds = in_order(sounds, pictures, kinds)
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    for rows in torch.randperm(scenes).split(40):
        loss = F.cross_entropy(net(torch.cat([sounds[rows], pictures[rows]], 1)), kinds[rows])
        opt.zero_grad(); loss.backward(); opt.step()
