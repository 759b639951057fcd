"""The copy for evaluation is clipped, and not the net that is trained."""
import copy
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 2))
average = copy.deepcopy(net)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(20):
    x = torch.randn(16, 6)
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), (x[:, 0] > x[:, 1]).long()).backward()
    torch.nn.utils.clip_grad_norm_(average.parameters(), 0.1)  # bug
    torch.nn.utils.clip_grad_norm_(net.parameters(), 0.1)  # fix
    optimizer.step()
    with torch.no_grad():
        for old, new in zip(average.parameters(), net.parameters()):
            old.lerp_(new, 0.05)
