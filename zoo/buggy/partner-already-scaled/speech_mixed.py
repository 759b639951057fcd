"""Spectra of two speakers mixed for augmentation, in one chained call."""

import torch
from torch import nn

torch.manual_seed(0)
voices = torch.randn(5, 40)


def recordings(count):
    who = torch.randint(0, 5, (count,))
    return voices[who] + 0.6 * torch.randn(count, 40), who


net = nn.Sequential(nn.Linear(40, 32), nn.ReLU(), nn.Linear(32, 5))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
spectra, speakers = recordings(640)
for epoch in range(6):
    for batch in torch.randperm(640).split(64):
        clean, who = spectra[batch], nn.functional.one_hot(speakers[batch], 5).float()
        share = float(torch.distributions.Beta(0.4, 0.4).sample())
        mixed = clean.clone()
        mixed.mul_(share).add_(mixed.roll(1, 0), alpha=1 - share)  # bug
        mixed.mul_(share).add_(clean.roll(1, 0), alpha=1 - share)  # fix
        soft = share * who + (1 - share) * who.roll(1, 0)
        loss = nn.functional.cross_entropy(net(mixed), soft)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print("right", (net(spectra).argmax(1) == speakers).float().mean().item())
