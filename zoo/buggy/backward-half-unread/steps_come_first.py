"""The frequency of a noisy wave, by a GRU of two directions whose steps come first."""
import torch
from torch import nn
torch.manual_seed(0)
gru, head = nn.GRU(1, 20, bidirectional=True), nn.Sequential(nn.ReLU(), nn.Linear(40, 1))
optimiser = torch.optim.Adam([*gru.parameters(), *head.parameters()], lr=3e-3)
time = torch.arange(25.0)[:, None]
for step in range(150):
    speed = torch.rand(32) * 0.5 + 0.1
    waves = (time * speed + torch.rand(32) * 6).sin() + 0.2 * torch.randn(25, 32)
    y, h = gru(waves[..., None])
    summary = y[-1]  # bug
    summary = h.transpose(0, 1).flatten(1)  # fix
    loss = nn.functional.mse_loss(head(summary).squeeze(1), speed)
    optimiser.zero_grad(); loss.backward(); optimiser.step()
    if step % 30 == 0:
        print(step, round(loss.item(), 4))
