# held out
import torch
from torch import nn
torch.manual_seed(0)
G = nn.Sequential(nn.Linear(3, 12), nn.ReLU(), nn.Linear(12, 2))
D = nn.Sequential(nn.Linear(2, 12), nn.LeakyReLU(0.2), nn.Linear(12, 1), nn.Sigmoid())  # bug
D = nn.Sequential(nn.Linear(2, 12), nn.LeakyReLU(0.2), nn.Linear(12, 1))  # fix
og, od = torch.optim.Adam(G.parameters(), 1e-3), torch.optim.Adam(D.parameters(), 1e-3)
adv = nn.BCEWithLogitsLoss()
for i in range(20):
    r = torch.randn(32, 2) * 0.5 + 2; z = torch.randn(32, 3); f = G(z)
    od.zero_grad(); ld = (adv(D(r), torch.ones(32, 1)) + adv(D(f.detach()), torch.zeros(32, 1))) / 2; ld.backward(); od.step()
    og.zero_grad(); lg = adv(D(f), torch.ones(32, 1)); lg.backward(); og.step()
