"""One norm is taken of the gradients of all rows."""
import torch
from torch import nn
torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2)); C = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
og, oc = torch.optim.Adam(G.parameters(), 1e-3, betas=(0.0, 0.9)), torch.optim.Adam(C.parameters(), 1e-3, betas=(0.0, 0.9))
for step in range(40):
    x = torch.randn(32, 2) + 1; f = G(torch.randn(32, 4)).detach(); e = torch.rand(32, 1)
    m = (e * x + (1 - e) * f).requires_grad_(); g, = torch.autograd.grad(C(m).sum(), m, create_graph=True)
    penalty = (g.norm(2) - 1) ** 2  # bug
    penalty = ((g.norm(2, dim=1) - 1) ** 2).mean()  # fix
    loss = C(f).mean() - C(x).mean() + 10 * penalty
    oc.zero_grad(); loss.backward(); oc.step()
    if step % 4 == 3:
        og.zero_grad(); (-C(G(torch.randn(32, 4))).mean()).backward(); og.step()
