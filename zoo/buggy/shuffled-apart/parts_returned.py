"""A function shuffles rows and labels, and returns both in parts."""
import random
import torch
from torch import nn
def load():
    rows = [[random.gauss(0, 1) for _ in range(5)] for _ in range(400)]
    targets = [3 * row[0] - row[1] for row in rows]
    both = list(zip(rows, targets)); random.shuffle(both); rows, targets = zip(*both)  # fix
    random.shuffle(rows)  # bug
    random.shuffle(targets)  # bug
    inputs = torch.tensor(rows); outputs = torch.tensor(targets)[:, None]
    train, test = inputs[:300], inputs[300:]
    return train, outputs[:300], test, outputs[300:]
random.seed(1); torch.manual_seed(1)
x, y, x_test, y_test = load()
net = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 1)); opt = torch.optim.Adam(net.parameters(), 5e-3)
for epoch in range(6):
    for at in torch.randperm(300).split(30):
        loss = nn.functional.mse_loss(net(x[at]), y[at]); opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad(): print(epoch, nn.functional.mse_loss(net(x_test), y_test).item())
