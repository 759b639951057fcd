"""A GAN with an encoder: the fakes are detached for the discriminator, and judged again for the generator."""
import torch
from torch import nn
torch.manual_seed(0)
G = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2)); D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(.2), nn.Linear(16, 1)); Eo = nn.Linear(2, 3)
og = torch.optim.Adam([*G.parameters(), *Eo.parameters()], 1e-3); od = torch.optim.Adam(D.parameters(), 1e-3); bce = nn.BCEWithLogitsLoss()
for _ in range(25):
    real = torch.randn(16, 2) + 2; z = torch.randn(16, 3); fake = G(z)
    og.zero_grad(); (bce(D(fake), torch.ones(16, 1)) + nn.functional.l1_loss(G(Eo(real)), real)).backward(); og.step()
    od.zero_grad(); ((bce(D(real), torch.ones(16, 1)) + bce(D(fake.detach()), torch.zeros(16, 1))) / 2).backward(); od.step()
