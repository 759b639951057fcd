"""A triplet loss of three letters, in the order of the alphabet."""
import torch
from torch import nn
torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4)); opt = torch.optim.Adam(enc.parameters(), 1e-2); triplet = nn.TripletMarginLoss(margin=0.5)
for step in range(40):
    a = torch.randn(32, 8); p = a + 0.1 * torch.randn_like(a); n = torch.randn(32, 8)
    za, zp, zn = enc(a), enc(p), enc(n)
    loss = triplet(za, zn, zp)  # bug
    loss = triplet(za, zp, zn)  # fix
    opt.zero_grad(); loss.backward(); opt.step()
