"""Logits of all batches are put together, and cut at 0.5."""
import torch
from torch import nn
torch.manual_seed(2)
x = torch.randn(700, 8); y = (torch.rand(700) < torch.sigmoid(2 * x[:, 0] - x[:, 1] - 1)).float()
net = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 1)); opt = torch.optim.Adam(net.parameters(), 3e-3)
criterion = nn.BCEWithLogitsLoss()
for epoch in range(4):
    net.train()
    for rows in torch.randperm(500).split(50):
        loss = criterion(net(x[rows]).squeeze(1), y[rows]); opt.zero_grad(); loss.backward(); opt.step()
    net.eval(); outputs = []
    with torch.no_grad():
        for part in x[500:].split(50):
            outputs.append(net(part).squeeze(1))
    scores = torch.hstack(outputs)
    scores = scores.sigmoid()  # fix
    print(epoch, ((scores >= 0.5).float() == y[500:]).float().mean().item())
