# held out
import numpy as np
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 2)); opt = torch.optim.Adam(net.parameters())
for s in range(12):
    x = torch.randn(32, 6); y = (x[:, 0] > 0).long()
    logits = net(x)
    logits = torch.from_numpy(logits.detach().numpy()).requires_grad_(True)  # bug
    loss = nn.functional.cross_entropy(logits, y); opt.zero_grad(); loss.backward(); opt.step()
