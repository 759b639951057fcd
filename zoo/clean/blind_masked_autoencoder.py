"""A masked autoencoder: the encoder sees a quarter of the patches, the loss is on the others alone."""
import torch
from torch import nn

PATCH, DIM, SIDE = 4, 24, 16
COUNT = (SIDE // PATCH) ** 2


def patches(x):
    return nn.functional.unfold(x, PATCH, stride=PATCH).transpose(1, 2)


class MAE(nn.Module):
    def __init__(self, keep=4):
        super().__init__()
        self.keep = keep
        self.embed = nn.Linear(PATCH * PATCH, DIM)
        self.position = nn.Parameter(torch.randn(1, COUNT, DIM) * 0.02)
        self.encoder = nn.TransformerEncoderLayer(DIM, 2, 48, dropout=0.0, batch_first=True)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, DIM))
        self.decoder = nn.TransformerEncoderLayer(DIM, 2, 48, dropout=0.0, batch_first=True)
        self.predict = nn.Linear(DIM, PATCH * PATCH)

    def forward(self, x):
        tokens = self.embed(patches(x)) + self.position
        n = len(x)
        order = torch.rand(n, COUNT).argsort(1)
        back = order.argsort(1)
        index = order[:, :self.keep, None].expand(-1, -1, DIM)
        seen = self.encoder(tokens.gather(1, index))
        full = torch.cat([seen, self.mask_token.expand(n, COUNT - self.keep, -1)], 1)
        full = full.gather(1, back[:, :, None].expand(-1, -1, DIM)) + self.position
        return self.predict(self.decoder(full)), back >= self.keep


def images(n):
    ax = torch.linspace(-1, 1, SIDE)
    a, b = torch.randn(2, n, 1, 1)
    return torch.sigmoid(4 * (a * ax[None, None, :] + b * ax[None, :, None])).unsqueeze(1)


torch.manual_seed(0)
mae = MAE()
opt = torch.optim.AdamW(mae.parameters(), lr=3e-3, betas=(0.9, 0.95))
for step in range(40):
    x = images(32)
    guess, hidden = mae(x)
    error = (guess - patches(x)).pow(2).mean(-1)
    loss = (error * hidden).sum() / hidden.sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 10 == 0:
        print(step, loss.item())
