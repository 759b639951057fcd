"""The optimiser is made inside of the loop over batches."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(10, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
for _ in range(30):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)  # bug
    x = torch.randn(16, 10)
    optimizer.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    optimizer.step()
