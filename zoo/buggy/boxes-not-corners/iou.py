"""An IoU loss of centres and sizes, computed as if they were corners."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 4), nn.Sigmoid()); opt = torch.optim.Adam(net.parameters(), 2e-3)
def corners(b): return torch.cat([b[:, :2] - b[:, 2:] / 2, b[:, :2] + b[:, 2:] / 2], 1)
def overlap(a, b):
    near, far = torch.max(a[:, :2], b[:, :2]), torch.min(a[:, 2:], b[:, 2:])
    both = (far - near).clamp(min=0).prod(1)
    return both / ((a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - both + 1e-6)
for step in range(40):
    x = torch.randn(32, 12); wanted = torch.cat([x[:, :2].sigmoid(), 0.1 + 0.3 * x[:, 2:4].sigmoid()], 1)
    out = net(x)
    loss = (1 - overlap(out, wanted)).mean()  # bug
    loss = (1 - overlap(corners(out), corners(wanted))).mean()  # fix
    loss = loss + (out - wanted).abs().mean(); opt.zero_grad(); loss.backward(); opt.step()
