"""A diffusion whose forward pass draws the noise, calls the net inside it and gives the loss: one module, one call."""

import torch
from torch import nn
from torch.nn import functional

torch.manual_seed(0)
STEPS = 20


class Diffusion(nn.Module):
    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("kept", torch.cumprod(1 - torch.linspace(0.01, 0.3, STEPS), 0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        at = torch.randint(0, STEPS, (len(x),))
        noise = torch.randn_like(x)
        kept = self.kept[at][:, None]
        mixed = kept.sqrt() * x + (1 - kept).sqrt() * noise
        return functional.mse_loss(self.net(torch.cat([mixed, at[:, None] / STEPS], 1)), noise)


data = torch.randn(1000, 2) * torch.tensor([1.0, 0.2])
diffusion = Diffusion(nn.Sequential(nn.Linear(3, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 2)))
optimizer = torch.optim.Adam(diffusion.parameters(), lr=2e-3)
for step in range(150):
    loss = diffusion(data[torch.randint(0, len(data), (64,))])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"loss {loss.item():.3f}")
