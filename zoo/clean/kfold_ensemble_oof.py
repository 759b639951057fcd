import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(200, 5)
y = (x[:, 0] + x[:, 1] > 0).float()
oof = torch.zeros(200)
for fold in range(4):
    valid = torch.arange(200) % 4 == fold
    net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    idx = (~valid).nonzero()[:, 0]
    for epoch in range(5):
        for i in idx[torch.randperm(len(idx))].split(30):
            loss = nn.functional.binary_cross_entropy_with_logits(net(x[i]).squeeze(1), y[i])
            opt.zero_grad()
            loss.backward()
            opt.step()
    with torch.no_grad():
        oof[valid] = net(x[valid]).squeeze(1).sigmoid()
print(((oof > 0.5) == (y > 0.5)).float().mean())
