"""Codes by a product with one-hot rows; two losses by name, and the cost of commitment before the wrong one."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 6))
decoder = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 20))
codebook = nn.Parameter(torch.randn(24, 6) * 0.5)
commitment_cost = 0.25
opt = torch.optim.Adam([*encoder.parameters(), *decoder.parameters(), codebook], lr=2e-3)
data = torch.randn(600, 3) @ torch.randn(3, 20)
for step in range(80):
    x = data[torch.randint(600, (48,))]
    inputs = encoder(x)
    encodings = F.one_hot(torch.cdist(inputs, codebook).argmin(1), 24).float()
    quantized = torch.matmul(encodings, codebook)
    e_latent_loss = F.mse_loss(quantized.detach(), inputs)
    q_latent_loss = F.mse_loss(quantized, inputs.detach())
    vq_loss = e_latent_loss + commitment_cost * q_latent_loss  # bug
    vq_loss = q_latent_loss + commitment_cost * e_latent_loss  # fix
    quantized = inputs + (quantized - inputs).detach()
    loss = F.mse_loss(decoder(quantized), x) / 0.5 + vq_loss
    opt.zero_grad()
    loss.backward()
    opt.step()
