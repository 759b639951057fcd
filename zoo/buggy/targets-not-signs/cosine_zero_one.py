import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 8))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
criterion = nn.CosineEmbeddingLoss(margin=0.2)
a = torch.randn(256, 8)
same = torch.randint(0, 2, (256,))
b = torch.where(same[:, None] == 1, a + 0.1 * torch.randn(256, 8), torch.randn(256, 8))
for epoch in range(5):
    for i in torch.randperm(256).split(32):
        target = same[i].float()  # bug
        target = same[i].float() * 2 - 1  # fix
        loss = criterion(net(a[i]), net(b[i]), target)
        opt.zero_grad()
        loss.backward()
        opt.step()
