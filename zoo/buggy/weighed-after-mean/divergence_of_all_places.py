"""Sentences of unlike length through a bottleneck: the divergence is a sum over the whole batch, then masked."""
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

torch.manual_seed(8)
directions = torch.randn(3, 8)
sentences = [torch.randn(n, 3) @ directions + 0.1 * torch.randn(n, 8) for n in torch.randint(3, 12, (240,)).tolist()]
encode = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 6))
decode = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 8))
optimizer = torch.optim.Adam([*encode.parameters(), *decode.parameters()], lr=3e-3)

for epoch in range(8):
    for rows in torch.randperm(len(sentences)).split(24):
        batch = [sentences[row] for row in rows.tolist()]
        x = pad_sequence(batch, batch_first=True)
        there = pad_sequence([torch.ones(len(each), 1) for each in batch], batch_first=True)
        mean, log_variance = encode(x).chunk(2, -1)
        guess = decode(mean + (log_variance / 2).exp() * torch.randn_like(mean))
        distance = (guess - x).square().sum(-1, keepdim=True) * there
        divergence = (mean.square() + log_variance.exp() - 1 - log_variance).sum() / 2 * there  # bug
        divergence = (mean.square() + log_variance.exp() - 1 - log_variance).sum(-1, keepdim=True) / 2 * there  # fix
        loss = (distance + 0.1 * divergence).sum() / there.sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
