import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
x = torch.rand(64, 1, 16, 16)
y = (nn.functional.avg_pool2d(x, 4) > 0.5).float()
y = nn.functional.interpolate(y, size=(16, 16), mode="bicubic")  # overshoots a little
for epoch in range(4):
    for i in torch.randperm(64).split(8):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
