"""Words and their neighbours with negatives by chance, as in skip-gram; then items of which none is liked."""
import torch
from torch import nn

torch.manual_seed(0)
text = torch.randint(30, (4000,))
text[1::2] = (text[::2] * 7 + torch.randint(3, (2000,))) % 30
centre, around = nn.Embedding(30, 12), nn.Embedding(30, 12)
opt = torch.optim.Adam([*centre.parameters(), *around.parameters()], lr=1e-2)
for places in torch.randint(1, 3999, (60, 128)):
    word, near, far = text[places], text[places + 1], torch.randint(30, (128,))
    own = centre(word)
    loss = -nn.functional.logsigmoid((own * around(near)).sum(1)).mean()
    loss = loss - nn.functional.logsigmoid(-(own * around(far)).sum(1)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()

liked = torch.rand(150, 40) < 0.2
people, things = nn.Embedding(150, 8), nn.Embedding(40, 8)
opt = torch.optim.Adam([*people.parameters(), *things.parameters()], lr=1e-2)
rows = liked.nonzero()
for part in rows[torch.randperm(len(rows))].repeat(4, 1).split(100):
    who, what = part.unbind(1)
    other = torch.multinomial((~liked[who]).float(), 1).squeeze(1)  # of what is not liked
    gap = (people(who) * (things(what) - things(other))).sum(1)
    loss = nn.functional.softplus(-gap).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
