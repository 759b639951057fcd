"""A tensor of several series is standardised as a whole; windows are cut of it, and the last ones are for the test."""
import torch
from torch import nn
torch.manual_seed(0)
series = torch.randn(600, 3).cumsum(0) + 0.05 * torch.arange(600)[:, None]; known = 450
scaled = (series - series.mean(0)) / series.std(0)  # bug
scaled = (series - series[:known].mean(0)) / series[:known].std(0)  # fix
rows = scaled.unfold(0, 11, 1); inputs, targets = rows[:, :, :10].flatten(1), rows[:, :, 10]
train_x, train_y, test_x, test_y = inputs[:known], targets[:known], inputs[known + 11 :], targets[known + 11 :]
net = nn.Sequential(nn.Linear(30, 32), nn.ReLU(), nn.Linear(32, 3)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(4):
    for i in torch.randperm(len(train_x)).split(50):
        loss = nn.functional.mse_loss(net(train_x[i]), train_y[i]); opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad(): print(nn.functional.mse_loss(net(test_x), test_y).item())
