"""nn.Transformer with the masks the wrong way round, time first."""
import torch
from torch import nn

torch.manual_seed(0)
PAD = 1


class Translate(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(20, 16, padding_idx=PAD), nn.Embedding(20, 16, padding_idx=PAD)
        self.body = nn.Transformer(16, 2, 1, 1, 32, dropout=0.0)
        self.out = nn.Linear(16, 20)

    def forward(self, source, target):
        later = nn.Transformer.generate_square_subsequent_mask(len(target))
        keep = (source != PAD).T
        hidden = keep  # bug
        hidden = ~keep  # fix
        h = self.body(self.source(source), self.target(target), tgt_mask=later, src_key_padding_mask=hidden,
                      memory_key_padding_mask=hidden)
        return self.out(h)


net = Translate()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(15):
    source = torch.randint(2, 20, (9, 8)).where(torch.arange(9)[:, None] < torch.randint(3, 9, (8,)), PAD)
    words = torch.cat([torch.zeros(1, 8, dtype=torch.long), source.flip(0)])
    loss = nn.functional.cross_entropy(net(source, words[:-1]).flatten(0, 1), words[1:].flatten(), ignore_index=PAD)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
