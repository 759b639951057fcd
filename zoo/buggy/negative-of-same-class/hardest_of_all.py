"""The hardest negative is looked for among all other rows, the anchor's class included."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
centres = torch.randn(5, 20)
labels = torch.randint(0, 5, (400,)); x = centres[labels] + 0.8 * torch.randn(400, 20)
loader = DataLoader(TensorDataset(x, labels), batch_size=40, shuffle=True)
net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 8)); opt = torch.optim.Adam(net.parameters(), 1e-3)
def batch_hard(z, y, margin=0.5):
    d = torch.cdist(z, z)
    same = y[:, None] == y[None]
    furthest = d.masked_fill(~same, 0.0).max(1).values
    nearest = d.masked_fill(torch.eye(len(z), dtype=torch.bool), float("inf")).min(1).values  # bug
    nearest = d.masked_fill(same, float("inf")).min(1).values  # fix
    return torch.relu(furthest - nearest + margin).mean()
for epoch in range(3):
    for xb, yb in loader:
        loss = batch_hard(net(xb), yb)
        opt.zero_grad(); loss.backward(); opt.step()
