import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
c = torch.randn(6, 16); y = torch.randint(0, 6, (480,)); x = c[y] + 0.6 * torch.randn(480, 16)
loader = DataLoader(TensorDataset(x, y), batch_size=48, shuffle=True)
net = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 8))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
def batch_all(z, labels, margin=0.3):
    d = torch.cdist(z, z)
    same = labels[:, None] == labels[None, :]
    eye = torch.eye(len(z), dtype=torch.bool)
    loss = (d[:, :, None] - d[:, None, :] + margin).clamp_min(0)
    mask = (same & ~eye)[:, :, None] & ~same[:, None, :]
    return (loss * mask).sum() / ((loss * mask) > 0).sum().clamp(min=1)
def semi_hard(z, labels, margin=0.3):
    sim = nn.functional.normalize(z, dim=1) @ nn.functional.normalize(z, dim=1).T
    same = labels[:, None] == labels[None, :]
    eye = torch.eye(len(z), dtype=torch.bool)
    hardest_pos = sim.masked_fill(~same | eye, 2.0).min(1).values
    hardest_neg = sim.masked_fill(same, -2.0).max(1).values
    return torch.relu(hardest_neg - hardest_pos + margin).mean()
for epoch in range(4):
    for xb, yb in loader:
        z = net(xb)
        loss = batch_all(z, yb) + semi_hard(z, yb)
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
