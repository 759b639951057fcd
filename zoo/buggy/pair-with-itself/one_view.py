"""Two encodings of the first view, and none of the second."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(512, 16); net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 8)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for step in range(40):
    rows = x[torch.randint(0, 512, (64,))]; first, second = rows + 0.3 * torch.randn_like(rows), rows + 0.3 * torch.randn_like(rows)
    a = nn.functional.normalize(net(first), dim=1)
    b = nn.functional.normalize(net(first), dim=1)  # bug
    b = nn.functional.normalize(net(second), dim=1)  # fix
    loss = nn.functional.cross_entropy(a @ b.T / 0.2, torch.arange(64))
    opt.zero_grad(); loss.backward(); opt.step()
