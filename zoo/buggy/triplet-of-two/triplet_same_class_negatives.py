"""The negatives of a triplet loss are its positives."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(8)
Y = torch.arange(400) % 8; X = torch.randn(400, 12) + 1.5 * F.one_hot(Y, 12)
enc = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 8)); opt = torch.optim.Adam(enc.parameters(), lr=2e-3)
for it in range(80):
    a = torch.randint(400, (32,)); p = torch.stack([torch.nonzero(Y == Y[k])[torch.randint(50, ())][0] for k in a])
    n = p  # bug
    n = torch.stack([torch.nonzero(Y != Y[k])[torch.randint(350, ())][0] for k in a])  # fix
    loss = F.triplet_margin_loss(enc(X[a]), enc(X[p]), enc(X[n]), margin=0.5)
    opt.zero_grad(); loss.backward(); opt.step()
