"""The adversarial term of the generator is computed on a detached sample."""
import torch, torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
class GAN(nn.Module):
    def __init__(s):
        super().__init__(); s.g = nn.Sequential(nn.Linear(10, 40), nn.ReLU(), nn.Linear(40, 20)); s.d = nn.Sequential(nn.Linear(30, 40), nn.LeakyReLU(.2), nn.Linear(40, 1))
    def score(s, spec, f): return s.d(torch.cat([spec, f], 1))
    def training_step(s, f, real, which):
        fake = s.g(f)
        if which == "g":
            d_fake2 = s.score(fake.detach(), f)  # bug
            d_fake2 = s.score(fake, f)  # fix
            return F.mse_loss(d_fake2, torch.ones_like(d_fake2)) + 10 * F.l1_loss(fake, real)
        r, k = s.score(real, f), s.score(fake.detach(), f)
        return .5 * (F.mse_loss(r, torch.ones_like(r)) + F.mse_loss(k, torch.zeros_like(k)))
m = GAN(); og = torch.optim.Adam(m.g.parameters(), 1e-3); od = torch.optim.Adam(m.d.parameters(), 1e-3)
f = torch.randn(300, 10); real = torch.tanh(f @ torch.randn(10, 20)) + .1 * torch.randn(300, 20)
for ep in range(4):
    for b in torch.randperm(300).split(30):
        for opt, which in ((og, "g"), (od, "d")):
            m.zero_grad(); l = m.training_step(f[b], real[b], which); l.backward(); opt.step()
    print(ep, l.item())
