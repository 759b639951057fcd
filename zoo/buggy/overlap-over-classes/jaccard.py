"""A soft Jaccard of three classes at once, of which one fills most of the volume."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(64, 1, 12, 12); y = torch.zeros(64, 12, 12).long(); y[x[:, 0] > 1.3] = 1; y[x[:, 0] < -1.6] = 2
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 3, 1)); opt = torch.optim.Adam(net.parameters(), 5e-3)
for epoch in range(6):
    for i in torch.randperm(64).split(16):
        p = net(x[i]).softmax(1); t = nn.functional.one_hot(y[i], 3).movedim(-1, 1).float()
        both = (p * t).sum()  # bug
        both = (p * t).sum((0, 2, 3))  # fix
        either = (p + t).sum() - both  # bug
        either = (p + t).sum((0, 2, 3)) - both  # fix
        loss = 1 - (both / either).mean()
        opt.zero_grad(); loss.backward(); opt.step()
