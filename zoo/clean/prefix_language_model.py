"""The first tokens see each other in both directions, and nothing is predicted there; padding is not counted."""
import torch
from torch import nn

torch.manual_seed(0)
PREFIX, LENGTH = 5, 12


class Prefix(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(22, 16, padding_idx=0)
        self.body = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.1, batch_first=True)
        self.out = nn.Linear(16, 22)

    def forward(self, x):
        hidden = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
        hidden[:, :PREFIX] = False
        return self.out(self.body(self.embed(x), src_mask=hidden, src_key_padding_mask=x == 0))


net = Prefix()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for _ in range(15):
    x = torch.randint(1, 22, (10, LENGTH)) * (torch.arange(LENGTH) < torch.randint(7, LENGTH + 1, (10, 1)))
    wanted = x[:, 1:].clone()
    wanted[:, : PREFIX - 1] = 0
    loss = nn.functional.cross_entropy(net(x[:, :-1]).transpose(1, 2), wanted, ignore_index=0)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
