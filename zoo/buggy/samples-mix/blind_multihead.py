"""Self-attention over the players of a match; each match is one row of the batch."""
import torch
from torch import nn

torch.manual_seed(0)


class MatchNet(nn.Module):
    def __init__(self, features=6, dim=16):
        super().__init__()
        self.inp = nn.Sequential(nn.Linear(features, dim), nn.ReLU())
        self.attn = nn.MultiheadAttention(dim, 4)  # bug
        self.attn = nn.MultiheadAttention(dim, 4, batch_first=True)  # fix
        self.norm = nn.LayerNorm(dim)
        self.out = nn.Sequential(nn.Linear(dim, dim), nn.ReLU(), nn.Linear(dim, 1))

    def forward(self, players):            # matches x players x features
        h = self.inp(players)
        mixed, _ = self.attn(h, h, h, need_weights=False)
        h = self.norm(h + mixed)
        return self.out(h.mean(dim=1)).squeeze(-1)


def sample(n):
    players = torch.randn(n, 10, 6)
    win = (players[:, :5, 0].sum(1) > players[:, 5:, 0].sum(1)).float()
    players[:, :5, 5] = 1.0
    players[:, 5:, 5] = -1.0
    return players, win


net = MatchNet()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
bce = nn.BCEWithLogitsLoss()
for it in range(60):
    players, win = sample(48)
    opt.zero_grad()
    loss = bce(net(players), win)
    loss.backward()
    opt.step()
    if it % 10 == 0:
        print(it, loss.item())
