"""Schedules that end with their own optimiser's training, and another optimiser goes on; a cosine for each epoch."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(640, 12)
y = (x[:, 0] * x[:, 1] > 0).long()
loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)


def fit(net, optimizer, schedule, epochs, *, each_step):
    for epoch in range(epochs):
        for rows, labels in loader:
            loss = nn.functional.cross_entropy(net(rows), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if each_step:
                schedule.step()
        if not each_step:
            schedule.step()
    print(f"{loss.item():.3f} at {schedule.get_last_lr()[0]:.1e}")


def first():
    net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 2))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    fit(net, optimizer, torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=5), 5, each_step=False)
    # down and up again in every two epochs
    waves = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=len(loader), eta_min=1e-3)
    fit(net, optimizer, waves, 6, each_step=True)
    return net


net = first()
head = torch.optim.SGD(net[2].parameters(), lr=0.05)
total = 12 * len(loader)
fit(net, head, torch.optim.lr_scheduler.OneCycleLR(head, max_lr=0.05, total_steps=total + 1), 12, each_step=True)
