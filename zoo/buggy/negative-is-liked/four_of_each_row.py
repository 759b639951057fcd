"""Four negatives for each song that somebody listens to, drawn from the whole catalogue; a margin for each of them."""
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)
LISTENERS, SONGS = 120, 60
taste, style = rng.integers(0, 3, LISTENERS), rng.integers(0, 3, SONGS)
heard = rng.random((LISTENERS, SONGS)) < np.where(taste[:, None] == style[None], 0.6, 0.1)
pairs = np.argwhere(heard)


class Factors(nn.Module):
    def __init__(self):
        super().__init__()
        self.listeners, self.songs = nn.Embedding(LISTENERS, 12), nn.Embedding(SONGS, 12)

    def forward(self, who, liked, others):
        own = self.listeners(who)
        return (own * self.songs(liked)).sum(1, keepdim=True), (own.unsqueeze(1) * self.songs(others)).sum(2)


net = Factors()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(8):
    rng.shuffle(pairs)
    for some in np.array_split(pairs, 12):
        others = rng.integers(0, SONGS, (len(some), 4))
        while (wrong := heard[some[:, :1], others]).any():  # fix
            others[wrong] = rng.integers(0, SONGS, wrong.sum())  # fix
        who, liked, others = (torch.as_tensor(each) for each in (some[:, 0], some[:, 1], others))
        high, low = net(who, liked, others)
        loss = (1 - high + low).clamp(min=0).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
