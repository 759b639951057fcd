"""The divergence of torch.distributions, summed; the reconstruction is a mean."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal, kl_divergence

torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(100, 64), nn.ReLU(), nn.Linear(64, 12))
dec = nn.Sequential(nn.Linear(6, 64), nn.ReLU(), nn.Linear(64, 100))
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters()], lr=2e-3)
X = torch.sigmoid(torch.randn(1000, 5) @ torch.randn(5, 100) * 2).round()
prior = Normal(torch.zeros(6), torch.ones(6))
for step in range(200):
    x = X[torch.randint(1000, (50,))]
    loc, log_scale = enc(x).chunk(2, dim=-1)
    q = Normal(loc, log_scale.exp())
    logits = dec(q.rsample())
    nll = F.binary_cross_entropy_with_logits(logits, x)  # bug
    nll = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1).mean()  # fix
    kl = kl_divergence(q, prior).sum(-1).mean()
    loss = nll + kl
    opt.zero_grad(); loss.backward(); opt.step()
