"""maximize=True was copied from a script about rewards."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(6, 3)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, maximize=True)  # bug
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)  # fix
for _ in range(20):
    x = torch.randn(32, 6)
    optimizer.zero_grad()
    nn.CrossEntropyLoss()(net(x), x[:, :3].argmax(1)).backward()
    optimizer.step()
