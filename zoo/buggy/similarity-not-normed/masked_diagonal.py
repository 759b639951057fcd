"""SimCLR's loss over both views at once, its own row of each left out."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 24))
optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(120):
    x = 2 * torch.randn(32, 12)
    z = net(torch.cat([x + 0.2 * torch.randn_like(x), x + 0.2 * torch.randn_like(x)]))
    z = z / z.norm(dim=1, keepdim=True)  # fix
    s = (z @ z.t()).masked_fill(torch.eye(64, dtype=torch.bool), float("-inf")) / 0.2
    loss = nn.functional.cross_entropy(s, torch.arange(64).roll(32))  # bug
    loss = nn.functional.cross_entropy(s, torch.arange(64).roll(32))  # fix
    optimiser.zero_grad(); loss.backward(); optimiser.step()
print(loss.item())
