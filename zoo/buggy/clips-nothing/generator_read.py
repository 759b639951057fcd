"""One generator of parameters for the optimiser and for clipping."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.LSTM(5, 12, batch_first=True)
head = nn.Linear(12, 1)
weights = (p for part in (net, head) for p in part.parameters())  # bug
weights = [p for part in (net, head) for p in part.parameters()]  # fix
optimizer = torch.optim.RMSprop(weights, lr=1e-3)
for _ in range(15):
    x = torch.randn(10, 7, 5)
    optimizer.zero_grad()
    nn.functional.mse_loss(head(net(x)[0][:, -1]), x.sum((1, 2))[:, None] / 7).backward()
    nn.utils.clip_grad_norm_(weights, max_norm=0.5)
    optimizer.step()
