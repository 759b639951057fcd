import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 16)); opt = torch.optim.Adam(enc.parameters(), 1e-3)
for i in range(20):
    x = torch.randn(32, 10)
    z = F.normalize(enc(torch.cat([x + 0.1 * torch.randn_like(x), x + 0.1 * torch.randn_like(x)])), dim=1)
    sim = z @ z.t() / 0.2
    sim.fill_diagonal_(float("-inf"))
    target = torch.arange(64).roll(32)
    loss = F.cross_entropy(sim, target)
    opt.zero_grad(); loss.backward(); opt.step()
