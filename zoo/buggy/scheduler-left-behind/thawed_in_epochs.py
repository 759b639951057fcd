"""After some epochs the trunk is thawed and gets a new optimiser; each epoch steps the first schedule."""
import torch
from torch import nn
torch.manual_seed(1)
trunk, head = nn.Sequential(nn.Linear(10, 40), nn.ReLU()), nn.Linear(40, 3)
net = nn.Sequential(trunk, head); trunk.requires_grad_(False)
rows = torch.randn(96, 10); labels = (rows[:, 0] > 0).long() + (rows[:, 1] > 0.5).long()
optimizer = torch.optim.AdamW(head.parameters(), lr=2e-3)
schedule = torch.optim.lr_scheduler.StepLR(optimizer, 4, 0.5)
for epoch in range(20):
    if epoch == 8:
        trunk.requires_grad_(True); optimizer = torch.optim.AdamW(net.parameters(), lr=5e-4)
        schedule = torch.optim.lr_scheduler.StepLR(optimizer, 4, 0.5)  # fix
    for part in torch.randperm(96).split(32):
        loss = nn.functional.cross_entropy(net(rows[part]), labels[part])
        optimizer.zero_grad(); loss.backward(); optimizer.step()
    schedule.step()
