"""Weight decay for matrices alone: the names of biases and scales are sorted out with any(...) and ==."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 12)
y = (x[:, 0] * x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(12, 48), nn.LayerNorm(48), nn.ReLU(), nn.Linear(48, 2))
plain = ("bias", "1.weight")


def is_plain(name):
    return any(part in name for part in plain)


decayed, spared = [], []
for name, param in net.named_parameters():
    if any(part == name for part in ("bias", "norm")):  # bug
    if is_plain(name):  # fix
        spared.append(param)
    else:
        decayed.append(param)
opt = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.1}, {"params": spared, "weight_decay": 0.0}], lr=3e-3)
for epoch in range(8):
    for rows in torch.randperm(600).split(50):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
