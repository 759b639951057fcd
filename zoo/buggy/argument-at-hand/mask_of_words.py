"""Sentences of several lengths: attention, and a mean over the words."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(11)


class SelfAttention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.q, self.k, self.v = (nn.Linear(width, width) for _ in range(3))

    def forward(self, x, mask=None):
        scores = self.q(x) @ self.k(x).transpose(1, 2) / x.shape[-1] ** 0.5
        if mask is not None:
            scores = scores.masked_fill(~mask[:, None], float("-inf"))
        return scores.softmax(-1) @ self.v(x)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(40, 32)
        self.attend = SelfAttention(32)
        self.head = nn.Linear(32, 2)

    def forward(self, words, mask):
        h = F.relu(self.attend(self.embed(words)))  # bug
        h = F.relu(self.attend(self.embed(words), mask=mask))  # fix
        weight = mask[..., None].float()
        return self.head((h * weight).sum(1) / weight.sum(1))


net = Encoder()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for step in range(100):
    length = torch.randint(3, 13, (32,))
    mask = torch.arange(12)[None] < length[:, None]
    words = torch.randint(1, 40, (32, 12)) * mask
    label = ((words < 20) & mask).sum(1) * 2 > length
    loss = F.cross_entropy(net(words, mask), label.long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
