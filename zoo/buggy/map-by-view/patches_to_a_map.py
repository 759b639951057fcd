"""Patches go through a transformer and become a map again, which convolutions make as large as the picture."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(18)


class Segmenter(nn.Module):
    def __init__(self, width=20, side=4):
        super().__init__()
        self.side = side
        self.cut = nn.Conv2d(2, width, 4, stride=4)
        self.places = nn.Parameter(0.1 * torch.randn(1, side * side, width))
        self.block = nn.TransformerEncoderLayer(width, 4, 40, dropout=0.0, batch_first=True, norm_first=True)
        self.norm = nn.LayerNorm(width)
        self.grow = nn.Sequential(nn.Conv2d(width, 16, 3, padding=1), nn.ReLU(), nn.Upsample(scale_factor=4), nn.Conv2d(16, 3, 1))

    def forward(self, pictures):
        tokens = self.cut(pictures).flatten(2).transpose(1, 2) + self.places
        tokens = self.norm(self.block(tokens))
        maps = tokens.reshape(len(tokens), -1, self.side, self.side)  # bug
        maps = tokens.transpose(1, 2).reshape(len(tokens), -1, self.side, self.side)  # fix
        return self.grow(maps)


net = Segmenter()
optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3)
for step in range(30):
    areas = torch.randint(3, (16, 4, 4)).repeat_interleave(4, 1).repeat_interleave(4, 2)
    pictures = torch.stack([areas == 1, areas == 2], 1).float() + 0.5 * torch.randn(16, 2, 16, 16)
    loss = F.cross_entropy(net(pictures), areas)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, f"{loss.item():.3f}")
