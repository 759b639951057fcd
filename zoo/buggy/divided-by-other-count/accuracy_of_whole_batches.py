"""Birds by their calls: the share of right ones, added up batch by batch."""
from types import SimpleNamespace

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

options = SimpleNamespace(batch_size=75, lr=2e-3, epochs=10)
torch.manual_seed(14)
bird = torch.randint(7, (1400,))
call = torch.randn(7, 24)[bird] + 1.3 * torch.randn(1400, 24)
train = DataLoader(TensorDataset(call[:1100], bird[:1100]), batch_size=options.batch_size, shuffle=True)
test = DataLoader(TensorDataset(call[1100:1383], bird[1100:1383]), batch_size=options.batch_size)
net = nn.Sequential(nn.Linear(24, 80), nn.ReLU(), nn.Dropout(0.2), nn.Linear(80, 7))
optimizer = torch.optim.AdamW(net.parameters(), lr=options.lr)
for epoch in range(options.epochs):
    net.train()
    for x, y in train:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
    net.eval()
    right = 0.0
    with torch.no_grad():
        for x, y in test:
            share = (net(x).argmax(1) == y).float().mean()
            right += share.item() * options.batch_size  # bug
            right += share.item() * x.size(0)  # fix
    print(epoch, f"accuracy {right / len(test.dataset):.4f}")
