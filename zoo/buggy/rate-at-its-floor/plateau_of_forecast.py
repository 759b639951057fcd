"""Electric load of the next hour; the rate is halved when the validation error no longer falls."""
import torch
from torch import nn

torch.manual_seed(12)
hours = torch.arange(1600).float()
load = 3 + torch.sin(hours * 0.2618) + 0.4 * torch.sin(hours * 0.0374) + 0.15 * torch.randn(1600)
windows = load.unfold(0, 25, 1)
train, valid = windows[:1200], windows[1225:]
RATE = 2e-2
net = nn.Sequential(nn.Linear(24, 64), nn.Tanh(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=RATE)
lowest = RATE  # bug
lowest = RATE / 1000  # fix
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=0, min_lr=lowest)
for epoch in range(14):
    for rows in torch.randperm(len(train)).split(50):
        loss = nn.functional.mse_loss(net(train[rows, :24]), train[rows, 24:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        error = nn.functional.mse_loss(net(valid[:, :24]), valid[:, 24:]).item()
    scheduler.step(error)
    print(epoch, round(error, 4), optimizer.param_groups[0]["lr"])
