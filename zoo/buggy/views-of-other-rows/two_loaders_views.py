"""SimSiam whose two views come of two loaders that shuffle apart."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
import torch.nn.functional as F
torch.manual_seed(0)
y = torch.randint(0, 8, (400,)); x = torch.randn(8, 24)[y] + 0.6 * torch.randn(400, 24)
f = nn.Sequential(nn.Linear(24, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 16)); h = nn.Sequential(nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 16))
opt = torch.optim.SGD([*f.parameters(), *h.parameters()], 0.05, momentum=0.9)
def aug(v): return v + 0.3 * torch.randn_like(v)
def D(p, z): return -F.cosine_similarity(p, z.detach(), dim=-1).mean()
ds = TensorDataset(x)
loader_a = DataLoader(ds, batch_size=40, shuffle=True)
loader_b = DataLoader(ds, batch_size=40, shuffle=True)  # bug
for epoch in range(8):
    for (x_a,), (x_b,) in zip(loader_a, loader_b):  # bug
        x1, x2 = aug(x_a), aug(x_b)  # bug
    for (x_a,) in loader_a:  # fix
        x1, x2 = aug(x_a), aug(x_a)  # fix
        z1, z2 = f(x1), f(x2); p1, p2 = h(z1), h(z2)
        loss = D(p1, z2) / 2 + D(p2, z1) / 2
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
