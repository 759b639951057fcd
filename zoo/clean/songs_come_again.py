"""Correct: what a listener will play next is often what was played before, and is to stand in the ranking."""
import numpy as np
import torch
from torch import nn
rng = np.random.default_rng(6); torch.manual_seed(6)
LISTENERS, SONGS = 80, 120
favourites = [rng.choice(SONGS, 12, replace=False) for _ in range(LISTENERS)]
played = torch.tensor([(who, int(song)) for who in range(LISTENERS) for song in rng.choice(favourites[who], 40)])
next_week = [set(rng.choice(favourites[who], 6).tolist()) | {int(rng.integers(SONGS))} for who in range(LISTENERS)]
class Taste(nn.Module):
    def __init__(self):
        super().__init__()
        self.who = nn.Embedding(LISTENERS, 16); self.song = nn.Embedding(SONGS, 16)
        for table in (self.who, self.song): nn.init.normal_(table.weight, std=0.1)
    def forward(self, who, song): return (self.who(who) * self.song(song)).sum(1)
def hits(net, k=10):
    with torch.no_grad():
        top = (net.who.weight @ net.song.weight.t()).topk(k, dim=1).indices.tolist()
    return sum(bool(next_week[who] & set(top[who])) for who in range(LISTENERS)) / LISTENERS
net = Taste(); opt = torch.optim.Adam(net.parameters(), 0.02)
for epoch in range(6):
    for rows in torch.randperm(len(played)).split(128):
        who, song = played[rows].T
        margin = net(who, song) - net(who, torch.randint(0, SONGS, song.shape))
        loss = nn.functional.softplus(-margin).mean(); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item(), hits(net))
