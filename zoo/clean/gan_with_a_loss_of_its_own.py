"""One function makes all three losses of a GAN: its line gets ones, zeros and ones again."""
import torch
from torch import nn
torch.manual_seed(0)
def loss_of(score, value): return nn.functional.binary_cross_entropy_with_logits(score, torch.full_like(score, value))
g = nn.Sequential(nn.Linear(4, 32), nn.LeakyReLU(0.2), nn.Linear(32, 2)); d = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
opt_g, opt_d = torch.optim.Adam(g.parameters(), 1e-3), torch.optim.Adam(d.parameters(), 1e-3)
for step in range(150):
    real = torch.randn(64, 2) * torch.tensor([1.0, 0.3]) + 1
    loss = loss_of(d(real), 1.0) + loss_of(d(g(torch.randn(64, 4)).detach()), 0.0); opt_d.zero_grad(); loss.backward(); opt_d.step()
    loss = loss_of(d(g(torch.randn(64, 4))), 1.0); opt_g.zero_grad(); loss.backward(); opt_g.step()
print(loss.item())
