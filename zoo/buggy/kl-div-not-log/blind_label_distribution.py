"""Learning a distribution over age groups from the votes of several annotators."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
GROUPS = 7
faces = torch.randn(420, 18)
age = torch.sigmoid(faces @ torch.randn(18) / 4) * (GROUPS - 1)
grid = torch.arange(GROUPS).float()
votes = torch.softmax(-(grid - age[:, None]) ** 2 / 1.5, dim=1)

net = nn.Sequential(nn.Linear(18, 32), nn.ReLU(), nn.Linear(32, GROUPS))
kl = nn.KLDivLoss(reduction="batchmean")
opt = torch.optim.Adam(net.parameters(), lr=5e-3)

for epoch in range(6):
    for rows in torch.randperm(420).split(60):
        out = F.softmax(net(faces[rows]), dim=1)  # bug
        out = F.log_softmax(net(faces[rows]), dim=1)  # fix
        loss = kl(out, votes[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
