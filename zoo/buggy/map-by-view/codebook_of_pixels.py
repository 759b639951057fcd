"""A codebook for the places of a small map: each place is replaced by the nearest of 24 codes, straight through."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(17)


class Codes(nn.Module):
    def __init__(self, count=24, width=12):
        super().__init__()
        self.width, self.codes = width, nn.Embedding(count, width)
        nn.init.uniform_(self.codes.weight, -0.5, 0.5)

    def forward(self, maps):
        rows = maps.reshape(-1, self.width)  # bug
        rows = maps.permute(0, 2, 3, 1).reshape(-1, self.width)  # fix
        nearest = torch.cdist(rows, self.codes.weight).argmin(1)
        chosen = self.codes(nearest)
        penalty = F.mse_loss(chosen, rows.detach()) + 0.25 * F.mse_loss(rows, chosen.detach())
        kept = rows + (chosen - rows).detach()
        kept = kept.reshape(maps.shape)  # bug
        kept = kept.reshape(len(maps), *maps.shape[2:], self.width).permute(0, 3, 1, 2)  # fix
        return kept, penalty + 1e-4 * (rows @ self.codes.weight.T).square().mean()


down = nn.Sequential(nn.Conv2d(1, 16, 4, 2, 1), nn.ReLU(), nn.Conv2d(16, 12, 4, 2, 1))
up = nn.Sequential(nn.ConvTranspose2d(12, 16, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(16, 1, 4, 2, 1))
codes = Codes()
optimizer = torch.optim.Adam([*down.parameters(), *up.parameters(), *codes.parameters()], lr=2e-3)
for step in range(80):
    pictures = torch.randn(24, 1, 5, 5).repeat_interleave(4, 2).repeat_interleave(4, 3)
    kept, penalty = codes(down(pictures))
    loss = F.mse_loss(up(kept), pictures) + penalty
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
