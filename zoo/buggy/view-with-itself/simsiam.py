"""SimSiam in a class: p1 is compared with z1."""
import torch
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(16, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 16))
predictor = nn.Sequential(nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 16))
optimizer = torch.optim.SGD([*encoder.parameters(), *predictor.parameters()], lr=0.05, momentum=0.9)
criterion = nn.CosineSimilarity(dim=1)
data = torch.randn(512, 16)
for epoch in range(6):
    for rows in torch.randperm(512).split(64):
        x1 = data[rows] + 0.2 * torch.randn(64, 16)
        x2 = data[rows] + 0.2 * torch.randn(64, 16)
        z1, z2 = encoder(x1), encoder(x2)
        p1, p2 = predictor(z1), predictor(z2)
        loss = -(criterion(p1, z1.detach()).mean() + criterion(p2, z2.detach()).mean()) * 0.5  # bug
        loss = -(criterion(p1, z2.detach()).mean() + criterion(p2, z1.detach()).mean()) * 0.5  # fix
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
