"""The best epoch's weights are copied aside, and the test score is that of the last epoch."""
import copy

import torch
from torch import nn

torch.manual_seed(0)
rows = torch.randn(520, 16)
labels = (rows[:, 0] + 0.6 * torch.randn(520) > 0).long()
net = nn.Sequential(nn.Linear(16, 96), nn.ReLU(), nn.Linear(96, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
best_loss, best_state = float("inf"), None
for epoch in range(20):
    net.train()
    for chosen in torch.randperm(240).split(24):
        loss = nn.functional.cross_entropy(net(rows[chosen]), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        valid_loss = nn.functional.cross_entropy(net(rows[240:380]), labels[240:380]).item()
    if valid_loss < best_loss:
        best_loss = valid_loss
        best_state = copy.deepcopy(net.state_dict())
net.load_state_dict(best_state)  # fix
with torch.no_grad():
    right = (net(rows[380:]).argmax(1) == labels[380:]).float().mean()
print(f"test accuracy {right:.3f}, best validation loss {best_loss:.3f}")
