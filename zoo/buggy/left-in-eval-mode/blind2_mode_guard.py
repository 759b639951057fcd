from contextlib import contextmanager

import torch
from torch import nn
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


@contextmanager
def evaluating(net):
    net.eval()  # bug
    before = net.training
    net.eval()  # fix
    try:
        with torch.no_grad():
            yield net
    finally:
        net.train(before)


def accuracy(net, x, y):
    with evaluating(net) as m:
        return (m(x).argmax(1) == y).float().mean().item()


torch.manual_seed(8)
X, y = load_digits(return_X_y=True)
X = X[:, X.std(0) > 0] / 16.0
Xtr, Xva, ytr, yva = train_test_split(torch.tensor(X).float(), torch.tensor(y), test_size=0.25, random_state=8)
centre = Xtr.mean(0)
Xtr, Xva = Xtr - centre, Xva - centre

net = nn.Sequential(
    nn.Linear(Xtr.shape[1], 96), nn.ReLU(), nn.Dropout(0.3),
    nn.Linear(96, 64), nn.ReLU(), nn.Dropout(0.3),
    nn.Linear(64, 10),
)
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
loss_fn = nn.CrossEntropyLoss()
step = 0
net.train()
for epoch in range(6):
    for idx in torch.randperm(len(Xtr)).split(48):
        loss = loss_fn(net(Xtr[idx]), ytr[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        step += 1
        if step % 40 == 0:
            print(f"step {step:4d} loss {loss.item():.3f} val acc {accuracy(net, Xva, yva):.3f}")
