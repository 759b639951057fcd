import torch
from torch import nn, autograd
torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
C = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
og = torch.optim.Adam(G.parameters(), 1e-4, betas=(0.0, 0.9)); oc = torch.optim.Adam(C.parameters(), 1e-4, betas=(0.0, 0.9))
for i in range(20):
    for _ in range(5):
        x = torch.randn(32, 2) + 1
        with torch.no_grad():
            f = G(torch.randn(32, 4))
        e = torch.rand(32, 1)
        m = (e * x + (1 - e) * f).requires_grad_()
        g, = autograd.grad(C(m).sum(), m, create_graph=True)
        loss = C(f).mean() - C(x).mean() + 10 * ((g.norm(2, 1) - 1) ** 2).mean()
        oc.zero_grad(); loss.backward(); oc.step()
    og.zero_grad(); (-C(G(torch.randn(32, 4))).mean()).backward(); og.step()
