"""Words and their neighbours, with words drawn at random."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
WORDS, WIDTH = 40, 16
centre, around = nn.Embedding(WORDS, WIDTH), nn.Embedding(WORDS, WIDTH)
opt = torch.optim.Adam([*centre.parameters(), *around.parameters()], lr=1e-2)
for step in range(60):
    words = torch.randint(0, WORDS, (64,))
    near = (words + torch.randint(1, 3, (64,))) % WORDS
    v = centre(words)
    pos_score = (v * around(near)).sum(1)
    neg_score = torch.einsum("nkd,nd->nk", around(torch.randint(0, WORDS, (64, 5))), v)
    pos_loss = -F.logsigmoid(pos_score).mean()
    neg_loss = -F.logsigmoid(neg_score).mean()  # bug
    neg_loss = -F.logsigmoid(-neg_score).mean()  # fix
    loss = pos_loss + neg_loss
    opt.zero_grad()
    loss.backward()
    opt.step()
