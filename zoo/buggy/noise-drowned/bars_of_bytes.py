"""A diffusion of pictures of bars, as bytes."""

import torch
from torch import nn
from torch.nn import functional

torch.manual_seed(0)
STEPS, SIDE = 40, 8
KEPT = torch.cumprod(1 - torch.linspace(2e-3, 0.2, STEPS), 0)


def bars(count: int) -> torch.Tensor:
    pictures = torch.zeros(count, 1, SIDE, SIDE)
    for picture, at, down in zip(pictures, torch.randint(0, SIDE - 1, (count,)), torch.rand(count) < 0.5, strict=True):
        (picture[0, at : at + 2] if down else picture[0, :, at : at + 2]).fill_(230)
    return pictures.to(torch.uint8)


class Denoiser(nn.Module):
    def __init__(self, width: int = 24) -> None:
        super().__init__()
        self.time = nn.Embedding(STEPS, width)
        self.first = nn.Conv2d(1, width, 3, padding=1)
        self.second, self.last = nn.Conv2d(width, width, 3, padding=1), nn.Conv2d(width, 1, 3, padding=1)

    def forward(self, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        x = functional.silu(self.first(x) + self.time(t)[:, :, None, None])
        return self.last(functional.silu(self.second(x)))


data = bars(1500)
net = Denoiser()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(120):
    batch = data[torch.randint(0, len(data), (32,))].float()  # bug
    batch = data[torch.randint(0, len(data), (32,))].float() / 127.5 - 1  # fix
    t = torch.randint(0, STEPS, (len(batch),))
    noise = torch.randn_like(batch)
    kept = KEPT[t][:, None, None, None]
    loss = functional.mse_loss(net(kept.sqrt() * batch + (1 - kept).sqrt() * noise, t), noise)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"loss {loss.item():.3f}")
