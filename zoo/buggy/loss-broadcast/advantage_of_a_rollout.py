"""A policy plays several moves; their log-probabilities are joined before the loss."""
import torch
import torch.nn as nn
from torch.distributions import Categorical
torch.manual_seed(0)
trunk = nn.Sequential(nn.Linear(3, 24), nn.Tanh())
class Player(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk, self.moves, self.worth = trunk, nn.Linear(24, 3), nn.Linear(24, 1)
    def forward(self, x):
        h = self.trunk(x)
        return Categorical(logits=self.moves(h)), self.worth(h)
player = Player()
opt = torch.optim.Adam(player.parameters(), lr=5e-3)
for update in range(30):
    chances, worths, gains = [], [], []
    for move in range(4):
        x = torch.randn(16, 3)
        moves, worth = player(x)
        chosen = moves.sample()
        chances.append(moves.log_prob(chosen)); worths.append(worth); gains.append((chosen == x.argmax(1)).float())
    chance, worth, gain = torch.cat(chances), torch.cat(worths), torch.cat(gains)
    better = gain.unsqueeze(1) - worth  # bug
    better = gain - worth.squeeze(1)  # fix
    loss = -(chance * better.detach()).mean() + better.pow(2).mean()
    opt.zero_grad(); loss.backward(); opt.step()
