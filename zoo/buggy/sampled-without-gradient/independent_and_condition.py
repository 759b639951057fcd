"""An Independent normal, whose sample is joined with the condition."""
import torch
from torch import nn
import torch.nn.functional as F
class Cond(nn.Module):
    def __init__(self): super().__init__(); self.enc = nn.Linear(8, 12); self.mu, self.ls = nn.Linear(12, 3), nn.Linear(12, 3); self.dec = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 8))
    def forward(self, x, c):
        h = torch.relu(self.enc(x))
        d = torch.distributions.Independent(torch.distributions.Normal(self.mu(h), self.ls(h).exp()), 1)
        z = d.sample()  # bug
        z = d.rsample()  # fix
        return self.dec(torch.cat([z, c], 1)), d
torch.manual_seed(0)
X = torch.randn(400, 2) @ torch.randn(2, 8)
C = X[:, :2]
net = Cond()
opt = torch.optim.Adam(net.parameters(), 3e-3)
prior = torch.distributions.Independent(torch.distributions.Normal(torch.zeros(3), torch.ones(3)), 1)
for ep in range(8):
    for b in torch.randperm(400).split(40): r, d = net(X[b], C[b]); loss = F.mse_loss(r, X[b]) + 0.1 * torch.distributions.kl_divergence(d, prior).mean(); opt.zero_grad(); loss.backward(); opt.step()
