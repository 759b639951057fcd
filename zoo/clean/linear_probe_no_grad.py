"""Features under no_grad, only a head is trained."""
import torch
from torch import nn
torch.manual_seed(0)
body = nn.Sequential(nn.Linear(10, 32), nn.ReLU()).eval(); head = nn.Linear(32, 3); opt = torch.optim.Adam(head.parameters(), 1e-2)
for s in range(30):
    x = torch.randn(64, 10); y = x[:, :3].argmax(1)
    with torch.no_grad():
        f = body(x)
    opt.zero_grad(); nn.functional.cross_entropy(head(f), y).backward(); opt.step()
