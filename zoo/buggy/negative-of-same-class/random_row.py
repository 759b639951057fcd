"""The negative of a triplet is any other row of the batch."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
centres = torch.randn(4, 16)
y = torch.randint(0, 4, (320,)); x = centres[y] + 0.6 * torch.randn(320, 16)
net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 8)); opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(3):
    for rows in torch.randperm(320).split(40):
        emb, labels = net(x[rows]), y[rows]
        pos = torch.stack([torch.multinomial((labels == c).float(), 1)[0] for c in labels])
        neg = torch.randperm(len(labels))  # bug
        neg = torch.stack([torch.multinomial((labels != c).float(), 1)[0] for c in labels])  # fix
        gap = (emb - emb[pos]).pow(2).sum(1) - (emb - emb[neg]).pow(2).sum(1)
        loss = F.relu(gap + 1.0).mean()
        opt.zero_grad(); loss.backward(); opt.step()
