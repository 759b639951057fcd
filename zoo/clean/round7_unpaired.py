import random
import numpy as np
import torch
from torch import nn
random.seed(0); np.random.seed(0); torch.manual_seed(0)
def G(): return nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 4))
def D(): return nn.Sequential(nn.Linear(4, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
gab, gba, da, db = G(), G(), D(), D()
og = torch.optim.Adam([*gab.parameters(), *gba.parameters()], 1e-3); od = torch.optim.Adam([*da.parameters(), *db.parameters()], 1e-3)
a_items = np.random.randn(320, 4).astype(np.float32); b_items = (np.random.randn(320, 4) * 0.5 + 2).astype(np.float32)
bce = nn.BCEWithLogitsLoss()
for epoch in range(3):
    np.random.shuffle(a_items)
    np.random.shuffle(b_items)
    for k in range(0, 320, 32):
        a, b = torch.from_numpy(a_items[k : k + 32].copy()), torch.from_numpy(b_items[k : k + 32].copy())
        fb, fa = gab(a), gba(b)
        one, zero = torch.ones(32, 1), torch.zeros(32, 1)
        lg = bce(db(fb), one) + bce(da(fa), one) + 5 * ((gba(fb) - a).abs().mean() + (gab(fa) - b).abs().mean())
        og.zero_grad(); lg.backward(); og.step()
        ld = bce(db(b), one) + bce(db(fb.detach()), zero) + bce(da(a), one) + bce(da(fa.detach()), zero)
        od.zero_grad(); ld.backward(); od.step()
    print(lg.item(), ld.item())
