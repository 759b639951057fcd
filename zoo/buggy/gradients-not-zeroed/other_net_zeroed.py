"""Two nets, one optimiser for both; only the head's gradients are zeroed."""
import torch
from torch import nn, optim

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(20, 32), nn.ReLU())
head = nn.Linear(32, 5)
optimizer = optim.SGD([{"params": encoder.parameters()}, {"params": head.parameters(), "lr": 0.1}], lr=0.01)
data = torch.randn(640, 20)
labels = torch.randint(0, 5, (640,))
for step in range(40):
    sel = torch.randint(0, 640, (64,))
    head.zero_grad()  # bug
    encoder.zero_grad(); head.zero_grad()  # fix
    loss = nn.functional.cross_entropy(head(encoder(data[sel])), labels[sel])
    loss.backward()
    optimizer.step()
