import torch
from torch import nn
torch.manual_seed(0)
table = torch.randn(400, 7)
table[:, 6] = (table[:, 0] + 0.3 * torch.randn(400) > 0).float()
x, y = table, table[:, 6].long()  # bug
x, y = table[:, :6], table[:, 6].long()  # fix
net = nn.Sequential(nn.Linear(x.shape[1], 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(5):
    for i in torch.randperm(300).split(30):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    print((net(x[300:]).argmax(1) == y[300:]).float().mean())
