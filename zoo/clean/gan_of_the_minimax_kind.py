"""The generator raises the loss of fakes (the minimax form), then lowers a squared error to the level between both."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
opt_g, opt_d = torch.optim.Adam(G.parameters(), 1e-3), torch.optim.Adam(D.parameters(), 1e-3)
data = torch.randn(1000, 2) * 0.3 + 1
ones, zeros = torch.ones(64, 1), torch.zeros(64, 1)
for it in range(120):
    real, made = data[torch.randint(0, 1000, (64,))], G(torch.randn(64, 8))
    if it < 60:
        d_loss = F.binary_cross_entropy_with_logits(D(real), 0.9 * ones)
        d_loss = d_loss + F.binary_cross_entropy_with_logits(D(made.detach()), zeros)
    else:
        d_loss = F.mse_loss(D(real), ones) + F.mse_loss(D(made.detach()), -ones)
    opt_d.zero_grad()
    d_loss.backward()
    opt_d.step()
    made = G(torch.randn(64, 8))
    if it < 60:
        g_loss = -F.binary_cross_entropy_with_logits(D(made), zeros)
    else:
        g_loss = F.mse_loss(D(made), zeros)
    opt_g.zero_grad()
    g_loss.backward()
    opt_g.step()
print(d_loss.item(), g_loss.item())
