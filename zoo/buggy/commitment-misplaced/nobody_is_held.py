"""Both terms detach what is encoded."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
enc, dec, codes = nn.Linear(10, 6), nn.Linear(6, 10), nn.Embedding(16, 6); opt = torch.optim.Adam([*enc.parameters(), *dec.parameters(), *codes.parameters()], 3e-3); X = torch.randn(400, 10)
for epoch in range(8):
    for rows in torch.randperm(400).split(40):
        z = enc(X[rows]); q = codes(torch.cdist(z, codes.weight).argmin(1))
        loss = F.mse_loss(q, z.detach()) + 0.25 * F.mse_loss(z.detach(), q)  # bug
        loss = F.mse_loss(q, z.detach()) + 0.25 * F.mse_loss(z, q.detach())  # fix
        q = z + (q - z).detach(); loss = loss + F.mse_loss(dec(q), X[rows])
        opt.zero_grad(); loss.backward(); opt.step()
