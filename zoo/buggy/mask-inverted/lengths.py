"""Sequences of vectors of several lengths; the mask is true where there is something."""
import torch
from torch import nn

torch.manual_seed(0)


class Pool(nn.Module):
    def __init__(self):
        super().__init__()
        self.attend = nn.MultiheadAttention(8, 2, batch_first=True)
        self.out = nn.Linear(8, 2)

    def forward(self, x, lengths):
        there = torch.arange(x.shape[1]) < lengths[:, None]
        h, _ = self.attend(x, x, x, key_padding_mask=there)  # bug
        h, _ = self.attend(x, x, x, key_padding_mask=~there)  # fix
        return self.out(h[:, 0])


net = Pool()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(15):
    lengths = torch.randint(2, 6, (16,))
    x = torch.randn(16, 6, 8) * (torch.arange(6) < lengths[:, None])[..., None]
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x, lengths), (x.sum((1, 2)) > 0).long()).backward()
    optimizer.step()
