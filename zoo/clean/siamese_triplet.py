import torch
from torch import nn
torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4)); opt = torch.optim.Adam(enc.parameters(), 1e-2)
trip = nn.TripletMarginLoss(margin=0.5)
for i in range(25):
    a = torch.randn(32, 8); p = a + 0.1 * torch.randn_like(a); n = torch.randn(32, 8)
    loss = trip(enc(a), enc(p), enc(n))
    opt.zero_grad(); loss.backward(); opt.step()
