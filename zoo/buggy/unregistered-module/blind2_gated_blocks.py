from functools import partial

import torch
from torch import nn
from sklearn.datasets import load_diabetes


def glu(gate, x):
    return x * torch.sigmoid(gate(x))


class GatedMLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList()
        self.gates = nn.ModuleList()  # fix
        self.acts = []
        for a, b in zip(sizes[:-2], sizes[1:-1]):
            self.layers.append(nn.Linear(a, b))
            gate = nn.Linear(b, b)
            self.gates.append(gate)  # fix
            self.acts.append(partial(glu, gate))
        self.last = nn.Linear(sizes[-2], sizes[-1])

    def forward(self, x):
        for layer, act in zip(self.layers, self.acts):
            x = act(layer(x))
        return self.last(x)


def standardise(a, reference):
    return (a - reference.mean(0)) / reference.std(0)


torch.manual_seed(47)
X, y = load_diabetes(return_X_y=True)
perm = torch.randperm(len(X))
X = torch.tensor(X, dtype=torch.float32)[perm]
y = torch.tensor(y, dtype=torch.float32)[perm].unsqueeze(1)
train_x, test_x = standardise(X[:352], X[:352]), standardise(X[352:], X[:352])
train_y, test_y = standardise(y[:352], y[:352]), standardise(y[352:], y[:352])

net = GatedMLP([10, 24, 16, 1])
print("trainable numbers:", sum(p.numel() for p in net.parameters()))
opt = torch.optim.Adam(net.parameters(), lr=2e-3, weight_decay=1e-3)
for epoch in range(8):
    net.train()
    loss_sum = 0.0
    for rows in torch.randperm(352).view(-1, 32):
        loss = nn.functional.mse_loss(net(train_x[rows]), train_y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
        loss_sum += loss.item()
    if epoch % 2:
        net.eval()
        with torch.no_grad():
            print(epoch + 1, round(loss_sum / 11, 3), round(nn.functional.mse_loss(net(test_x), test_y).item(), 3))
