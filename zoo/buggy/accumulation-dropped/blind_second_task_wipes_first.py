# two tasks share an encoder, each with its own backward to save memory
import torch
from torch import nn, optim
import torch.nn.functional as F

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(16, 40), nn.ReLU())
shape_head = nn.Linear(40, 4)
size_head = nn.Linear(40, 1)
modules = nn.ModuleList([encoder, shape_head, size_head])
optimizer = optim.Adam(modules.parameters(), lr=5e-3)

x = torch.randn(640, 16)
shape = x[:, :4].argmax(1)
size = x[:, 4:8].sum(1, keepdim=True) / 2

for epoch in range(4):
    seen = torch.randperm(640)
    logs = [0.0, 0.0]
    for k in range(10):
        rows = seen[k * 64:(k + 1) * 64]
        optimizer.zero_grad()
        loss_shape = F.cross_entropy(shape_head(encoder(x[rows])), shape[rows])
        loss_shape.backward()
        optimizer.zero_grad()  # bug
        loss_size = F.mse_loss(size_head(encoder(x[rows])), size[rows])
        loss_size.backward()
        optimizer.step()
        logs[0] += loss_shape.item() / 10
        logs[1] += loss_size.item() / 10
    print(f"epoch {epoch}: shape {logs[0]:.3f}, size {logs[1]:.3f}")
