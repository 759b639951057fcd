"""A masked autoencoder that encodes a quarter of the patches, and is scored on these."""
import torch
from torch import nn

torch.manual_seed(0)


class MaskedAutoencoder(nn.Module):
    def __init__(self, patches=16, size=9, dim=24, keep=4):
        super().__init__()
        self.keep, self.embed, self.out = keep, nn.Linear(size, dim), nn.Linear(dim, size)
        self.position = nn.Parameter(torch.randn(1, patches, dim) * 0.02)
        self.token = nn.Parameter(torch.zeros(1, 1, dim))
        self.encoder = nn.TransformerEncoderLayer(dim, 2, 48, dropout=0.0, batch_first=True)
        self.decoder = nn.TransformerEncoderLayer(dim, 2, 48, dropout=0.0, batch_first=True)

    def forward(self, x):
        n, length, _ = x.shape
        h = self.embed(x) + self.position
        ids_shuffle = torch.argsort(torch.rand(n, length), dim=1)
        ids_restore = torch.argsort(ids_shuffle, dim=1)
        kept = ids_shuffle[:, : self.keep].unsqueeze(-1).repeat(1, 1, h.shape[2])
        seen = self.encoder(torch.gather(h, dim=1, index=kept))
        whole = torch.cat([seen, self.token.repeat(n, length - self.keep, 1)], dim=1)
        whole = torch.gather(whole, 1, ids_restore.unsqueeze(-1).repeat(1, 1, h.shape[2]))
        mask = torch.ones(n, length)
        mask[:, : self.keep] = 0
        return self.out(self.decoder(whole + self.position)), torch.gather(mask, 1, ids_restore)


net = MaskedAutoencoder()
optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3)
for step in range(30):
    x = torch.randn(24, 16, 9).cumsum(1) * 0.3
    guess, mask = net(x)
    error = ((guess - x) ** 2).mean(dim=-1)
    loss = (error * (1 - mask)).sum() / (1 - mask).sum()  # bug
    loss = (error * mask).sum() / mask.sum()  # fix
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
