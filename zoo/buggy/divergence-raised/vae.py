"""The divergence of a VAE is added with its sign turned."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(500, 3) @ torch.randn(3, 20)
enc = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 8)); dec = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 20))
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters()], 1e-3)
def loss_function(recon, x, mu, log_var):
    mse = nn.functional.mse_loss(recon, x)
    kld = torch.mean(0.5 * torch.sum(1 + log_var - mu ** 2 - log_var.exp(), dim=1), dim=0)  # bug
    kld = torch.mean(-0.5 * torch.sum(1 + log_var - mu ** 2 - log_var.exp(), dim=1), dim=0)  # fix
    return mse + 0.01 * kld
for epoch in range(3):
    for i in torch.randperm(500).split(50):
        mu, log_var = enc(x[i]).chunk(2, 1); z = mu + (0.5 * log_var).exp() * torch.randn_like(mu)
        loss = loss_function(dec(z), x[i], mu, log_var)
        opt.zero_grad(); loss.backward(); opt.step()
