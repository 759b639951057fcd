"""The accuracy of each epoch, for which torch.max is asked."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x @ torch.randn(10, 3)).argmax(1)
train, valid = random_split(TensorDataset(x, y), [700, 200])
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 3))
optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
loader, held_out = DataLoader(train, batch_size=32, shuffle=True), DataLoader(valid, batch_size=50)
for epoch in range(4):
    net.train()
    for features, kind in loader:
        loss = nn.functional.cross_entropy(net(features), kind)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    net.eval()
    right = 0
    with torch.no_grad():
        for features, kind in held_out:
            predicted, _ = net(features).softmax(1).max(1)  # bug
            _, predicted = net(features).softmax(1).max(1)  # fix
            right += (predicted == kind).sum().item()
    print(epoch, round(loss.item(), 3), right / len(valid))
