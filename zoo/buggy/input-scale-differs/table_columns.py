"""The columns of a table are standardised for training, and forgotten for validation."""
import torch
from torch import nn

torch.manual_seed(0)
size = torch.tensor([30.0, 0.1, 200.0, 5.0, 12.0])
table = torch.randn(260, 5) * size + size
target = (table / size) @ torch.tensor([0.5, -1.0, 0.3, 0.0, 0.8])
mean, sd = table[:200].mean(0), table[:200].std(0)
fit, held = (table[:200] - mean) / sd, (table[200:] - mean) / sd
held = table[200:]  # bug
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(4):
    for rows in torch.randperm(200).split(40):
        optimizer.zero_grad()
        nn.functional.mse_loss(net(fit[rows]).squeeze(1), target[rows]).backward()
        optimizer.step()
    with torch.inference_mode():
        print(nn.functional.mse_loss(net(held).squeeze(1), target[200:]).item())
