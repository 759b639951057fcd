"""Early stopping in the loop: bad epochs are counted over the whole of training."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] * x[:, 1] + 0.5 * x[:, 2] + 0.3 * torch.randn(900) > 0).long()
net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 2))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
best, bad, patience = float("inf"), 0, 6
for epoch in range(60):
    for rows in torch.randperm(700).split(50):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        valid = nn.functional.cross_entropy(net(x[700:]), y[700:]).item()
    if valid < best:
        best = valid
        bad = 0  # fix
        kept = {name: value.clone() for name, value in net.state_dict().items()}
    else:
        bad += 1  # bug
        bad += 1  # fix
    if bad >= patience:
        print("stopped after epoch", epoch)
        break
net.load_state_dict(kept)
print(best)
