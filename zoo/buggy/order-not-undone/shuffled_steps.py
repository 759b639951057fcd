"""Steps of a series are encoded in a random order, a part of them, and put back by expand and gather."""
import torch
from torch import nn
torch.manual_seed(0)
up, down, token, place = nn.Linear(3, 16), nn.Linear(16, 3), nn.Parameter(torch.zeros(16)), nn.Parameter(torch.randn(12, 16) * 0.1)
mix = nn.GRU(16, 16, batch_first=True); opt = torch.optim.Adam([*up.parameters(), *down.parameters(), *mix.parameters(), token, place], 3e-3)
for step in range(40):
    x = torch.randn(20, 12, 3).cumsum(1) * 0.3; h = up(x) + place
    order = torch.stack([torch.randperm(12) for _ in range(20)]); some = order[:, :5]
    seen = h.gather(1, some[..., None].expand(-1, -1, 16)); whole = torch.cat([seen, token.expand(20, 7, 16)], 1)
    back = order  # bug
    back = order.argsort(1)  # fix
    out = down(mix(whole.gather(1, back[..., None].expand(-1, -1, 16)) + place)[0]); hidden = torch.ones(20, 12).scatter(1, some, 0.0)
    loss = ((out - x).square().mean(-1) * hidden).sum() / hidden.sum()
    opt.zero_grad(); loss.backward(); opt.step()
