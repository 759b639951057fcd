"""Sums of squares over the width, means over rows; codes by index; the whole of it weighed once more."""
import torch
from torch import nn


class Quantise(nn.Module):
    def __init__(self, codes, width, commitment=0.1):
        super().__init__()
        self.codes = nn.Parameter(torch.rand(codes, width) - 0.5)
        self.commitment = commitment

    def forward(self, h):
        nearest = (h[:, None] - self.codes[None]).square().sum(-1).argmin(-1)
        chosen = self.codes[nearest]
        pull_codes = (chosen - h.detach()).square().sum(-1).mean()
        pull_encoder = (h - chosen.detach()).square().sum(-1).mean()
        extra = pull_encoder + self.commitment * pull_codes  # bug
        extra = pull_codes + self.commitment * pull_encoder  # fix
        return h + (chosen - h).detach(), extra


torch.manual_seed(0)
up, middle, down = nn.Linear(12, 5), Quantise(20, 5), nn.Linear(5, 12)
optimizer = torch.optim.Adam([p for part in (up, middle, down) for p in part.parameters()], lr=3e-3)
x_all = torch.randn(500, 12)
for epoch in range(6):
    for rows in torch.randperm(500).split(50):
        out, extra = middle(up(x_all[rows]))
        loss = (out.new_tensor(1.0) * (down(out) - x_all[rows]).abs()).mean() + 0.5 * extra
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
