"""A VQ autoencoder whose code book is an nn.Embedding with a short name; the sum is turned."""
import torch
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 4))
decoder = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 20))
cb = nn.Embedding(16, 4)
opt = torch.optim.Adam([*encoder.parameters(), *decoder.parameters(), *cb.parameters()], 1e-3)
x = torch.randn(500, 4) @ torch.randn(4, 20)
for epoch in range(6):
    for rows in torch.randperm(500).split(50):
        z = encoder(x[rows])
        q = cb(torch.cdist(z, cb.weight).argmin(1))
        vq = (z.detach() - q).pow(2).mean() + 0.25 * (z - q.detach()).pow(2).mean()
        q = q + (z - q).detach()  # bug
        q = z + (q - z).detach()  # fix
        loss = (decoder(q) - x[rows]).pow(2).mean() + vq
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
