"""A net of maps whose mirrored outputs are compared, pooled, or turned back in a loop."""

import torch
from torch import nn

torch.manual_seed(0)


def images(count):
    kind = torch.randint(0, 2, (count,))
    x = torch.randn(count, 1, 12, 12) * 0.5
    x[:, :, 3:9, 3:9] += kind.float()[:, None, None, None]
    mask = torch.zeros(count, 1, 12, 12)
    mask[kind == 1, :, 3:9, 3:9] = 1
    return x, mask, kind


net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
optimiser = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(80):
    x, mask, kind = images(16)
    out = net(x)
    agreement = (net(x.flip(3)) - out.detach().flip(3)).pow(2).mean()
    loss = nn.functional.binary_cross_entropy_with_logits(out, mask) + 0.1 * agreement
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
with torch.no_grad():
    x, mask, kind = images(200)
    whole = net(x).mean(dim=(1, 2, 3)) + net(x.flip(3)).mean(dim=(1, 2, 3))
    total = torch.zeros_like(x)
    for dims in ([], [2], [3], [2, 3]):
        total += torch.flip(net(torch.flip(x, dims)), dims) / 4
    print(loss.item(), ((total > 0) == (mask > 0)).float().mean().item(), whole[kind == 1].mean() > whole[kind == 0].mean())
