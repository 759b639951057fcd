"""Batch-hard mining where the negative is the farthest row of another class."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(11)
person = torch.arange(480) % 24
traits = torch.randn(24, 16)[person] + 0.8 * torch.randn(480, 16)
net = nn.Sequential(nn.Linear(16, 48), nn.ReLU(), nn.Linear(48, 12))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)


def batch_hard(embedding, who, margin=0.3):
    distance = torch.cdist(embedding, embedding)
    same = who[:, None] == who[None, :]
    hardest_pos = distance.masked_fill(~same, 0.0).max(dim=1).values
    hardest_neg = distance.masked_fill(same, 0.0).max(dim=1).values  # bug
    hardest_neg = distance.masked_fill(same, 1e9).min(dim=1).values  # fix
    return F.relu(hardest_pos - hardest_neg + margin).mean()


for step in range(60):
    chosen = torch.randperm(24)[:8]
    rows = torch.cat([torch.nonzero(person == p)[torch.randperm(20)[:4], 0] for p in chosen])
    embedding = F.normalize(net(traits[rows]), dim=1)
    loss = batch_hard(embedding, person[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
