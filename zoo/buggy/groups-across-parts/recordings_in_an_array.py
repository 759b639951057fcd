"""Recordings of several people in one array; who they are of stands in a list beside it, and is not asked."""
import numpy as np
import torch
from sklearn.model_selection import train_test_split
from torch import nn

rng = np.random.default_rng(4)
torch.manual_seed(4)


def load():
    people = [f"s{number:02d}" for number in range(30)]
    subject_id = [name for name in people for _ in range(8)]
    voices = rng.normal(size=(30, 10)).repeat(8, 0) + 0.3 * rng.normal(size=(240, 10))
    old = (rng.normal(size=30) > 0).astype(int).repeat(8)
    own = train_test_split(people, test_size=0.25, random_state=4)[0]
    x_train, x_test, y_train, y_test = train_test_split(voices, old, test_size=0.25, random_state=4)  # bug
    inside = np.array([name in own for name in subject_id])  # fix
    x_train, x_test, y_train, y_test = voices[inside], voices[~inside], old[inside], old[~inside]  # fix
    return [torch.tensor(part, dtype=torch.float32) for part in (x_train, x_test)], torch.tensor(y_train), torch.tensor(y_test)


(x, held_out), y, truth = load()
net = nn.Sequential(nn.Linear(10, 24), nn.ReLU(), nn.Linear(24, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(5):
    for part in torch.randperm(len(x)).split(30):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x[part]), y[part]).backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        print((net(held_out).argmax(1) == truth).float().mean().item())
    net.train()
