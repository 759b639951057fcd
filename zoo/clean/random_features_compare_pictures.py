"""A decoder is compared with its aim by the features of a net that is never trained, and gets gradients all the same."""
import torch
from torch import nn

torch.manual_seed(6)
codes = torch.randn(320, 5)
aims = torch.tanh(codes @ torch.randn(5, 64)).view(-1, 1, 8, 8)
decoder = nn.Sequential(nn.Linear(5, 48), nn.ReLU(), nn.Linear(48, 64), nn.Unflatten(1, (1, 8, 8)))
features = nn.Sequential(nn.Conv2d(1, 12, 3), nn.ReLU(), nn.Conv2d(12, 12, 3))
optimizer = torch.optim.Adam(decoder.parameters(), lr=3e-3)

for epoch in range(6):
    decoder.train()
    for rows in torch.randperm(len(codes)).split(32):
        with torch.no_grad():
            aim = features(aims[rows])
        loss = nn.functional.l1_loss(features(decoder(codes[rows])), aim)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
