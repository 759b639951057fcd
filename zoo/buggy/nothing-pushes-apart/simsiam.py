"""SimSiam without its stopped gradient."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
x = torch.randn(512, 24) @ torch.randn(24, 24)
def view(x): return x + 0.3 * torch.randn_like(x)
enc = nn.Sequential(nn.Linear(24, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 32)); pred = nn.Sequential(nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 32))
opt = torch.optim.SGD([*enc.parameters(), *pred.parameters()], lr=0.05, momentum=0.9)
def D(p, z):
    z = z.detach()  # fix
    return -F.cosine_similarity(p, z, dim=-1).mean()
for epoch in range(4):
    for i in torch.randperm(512).split(64):
        z1, z2 = enc(view(x[i])), enc(view(x[i])); p1, p2 = pred(z1), pred(z2)
        loss = D(p1, z2) / 2 + D(p2, z1) / 2
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item(), F.normalize(z1, dim=1).std(0).mean().item())
