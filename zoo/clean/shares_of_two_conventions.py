"""Mixup by two functions, each with a convention of its own; codes that are held with a weight of two; the speed of a net with dropout."""
import time
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 3)); opt = torch.optim.Adam(net.parameters(), 2e-3); X = torch.randn(400, 8); Y = X[:, :3].argmax(1)
def mixed(x, y, lam):
    order = torch.randperm(len(x)); out = net(lam * x + (1 - lam) * x[order]); y_a, y_b = y, y[order]
    return lam * F.cross_entropy(out, y_a) + (1 - lam) * F.cross_entropy(out, y_b)
def mixed_softly(x, y, lam):
    order = torch.randperm(len(x)); hot = F.one_hot(y, 3).float()
    return F.cross_entropy(net((1 - lam) * x + lam * x[order]), (1 - lam) * hot + lam * hot[order])
for step in range(60):
    rows = torch.randint(0, 400, (32,)); lam = float(torch.distributions.Beta(0.4, 0.4).sample())
    loss = mixed(X[rows], Y[rows], lam) + mixed_softly(X[rows], Y[rows], lam); opt.zero_grad(); loss.backward(); opt.step()
enc, dec, codes = nn.Linear(8, 5), nn.Linear(5, 8), nn.Embedding(20, 5); other = torch.optim.Adam([*enc.parameters(), *dec.parameters(), *codes.parameters()], 2e-3)
for step in range(60):
    x = X[torch.randint(0, 400, (40,))]; z = enc(x); q = codes(torch.cdist(z, codes.weight).argmin(1))
    loss = F.mse_loss(q, z.detach()) + 2.0 * F.mse_loss(z, q.detach()); q = z + (q - z).detach()
    other.zero_grad(); (loss + F.mse_loss(dec(q), x)).backward(); other.step()
net.eval(); seconds = []
with torch.no_grad():
    for _ in range(10):
        start = time.perf_counter(); net(X); seconds.append(time.perf_counter() - start)
print(torch.tensor(seconds).std().item())
