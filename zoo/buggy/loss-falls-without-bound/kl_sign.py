"""level: warning. The KL divergence has the wrong sign."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
enc = nn.Linear(10, 8)
dec = nn.Linear(4, 10)
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters()], 5e-3)
X = torch.sigmoid(torch.randn(500, 2) @ torch.randn(2, 10))
for it in range(200):
    x = X[torch.randint(0, 500, (50,))]
    mu, logvar = enc(x).chunk(2, -1)
    z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
    recon = F.binary_cross_entropy_with_logits(dec(z), x, reduction="sum") / 50
    kl = 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp()) / 50
    loss = recon + kl  # bug
    loss = recon - kl  # fix
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
