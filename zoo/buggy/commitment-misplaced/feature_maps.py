"""A quantiser of feature maps: the weight of the commitment stands before the other term."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class VectorQuantizer(nn.Module):
    def __init__(self, n_e=32, e_dim=8, beta=0.25):
        super().__init__()
        self.beta = beta
        self.embedding = nn.Embedding(n_e, e_dim)
        self.embedding.weight.data.uniform_(-1.0 / n_e, 1.0 / n_e)

    def forward(self, z):
        z = z.permute(0, 2, 3, 1).contiguous()
        flat = z.view(-1, z.shape[-1])
        d = flat.pow(2).sum(1, keepdim=True) + self.embedding.weight.pow(2).sum(1) - 2 * flat @ self.embedding.weight.t()
        z_q = self.embedding(d.argmin(1)).view(z.shape)
        loss = torch.mean((z_q.detach() - z) ** 2) + self.beta * torch.mean((z_q - z.detach()) ** 2)  # bug
        loss = self.beta * torch.mean((z_q.detach() - z) ** 2) + torch.mean((z_q - z.detach()) ** 2)  # fix
        z_q = z + (z_q - z).detach()
        return z_q.permute(0, 3, 1, 2).contiguous(), loss


enc = nn.Sequential(nn.Conv2d(1, 16, 4, 2, 1), nn.ReLU(), nn.Conv2d(16, 8, 1))
vq = VectorQuantizer()
dec = nn.Sequential(nn.ConvTranspose2d(8, 16, 4, 2, 1), nn.ReLU(), nn.Conv2d(16, 1, 1))
opt = torch.optim.Adam([*enc.parameters(), *vq.parameters(), *dec.parameters()], lr=2e-3)
data = F.interpolate(torch.rand(320, 1, 3, 3), size=(12, 12), mode="bilinear")
for epoch in range(4):
    for x in data[torch.randperm(320)].split(20):
        z_q, vq_loss = vq(enc(x))
        loss = F.mse_loss(dec(z_q), x) + vq_loss
        opt.zero_grad()
        loss.backward()
        opt.step()
