import torch
from torch import nn
torch.manual_seed(0)
g = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2)); d = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
og, od = torch.optim.Adam(g.parameters(), 1e-3), torch.optim.Adam(d.parameters(), 1e-3)
scaler = torch.amp.GradScaler("cpu", init_scale=256.0); bce = nn.BCEWithLogitsLoss()
extra = nn.Linear(2, 2); oe = torch.optim.SGD(extra.parameters(), 0.1)
for step in range(60):
    x = torch.randn(64, 2) * 0.3 + 1
    with torch.autocast("cpu", dtype=torch.bfloat16):
        fake = g(torch.randn(64, 4)); ld = bce(d(x), torch.ones(64, 1)) + bce(d(fake.detach()), torch.zeros(64, 1))
    od.zero_grad(); scaler.scale(ld).backward(); scaler.unscale_(od); nn.utils.clip_grad_norm_(d.parameters(), 1.0); scaler.step(od)
    with torch.autocast("cpu", dtype=torch.bfloat16): lg = bce(d(fake), torch.ones(64, 1))
    og.zero_grad(); scaler.scale(lg).backward(); scaler.step(og); scaler.update()
    le = (extra(x) - x.flip(1)).pow(2).mean(); oe.zero_grad(); le.backward(); oe.step()
print(ld.item(), lg.item(), le.item())
