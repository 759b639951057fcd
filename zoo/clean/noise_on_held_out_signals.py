"""Noise is drawn anew on held-out signals: to take it away is the task, and the clean signals are the targets."""

import math

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class NoisySignals(Dataset):
    def __init__(self, clean, level=0.4):
        self.clean, self.level = clean, level

    def __len__(self):
        return len(self.clean)

    def __getitem__(self, number):
        clean = self.clean[number]
        return clean + self.level * torch.randn_like(clean), clean


torch.manual_seed(1)
times = torch.linspace(0, 2 * math.pi, 40)
signals = torch.sin(torch.randint(1, 4, (360, 1)) * times + 6 * torch.rand(360, 1)).unsqueeze(1)
learnt = DataLoader(NoisySignals(signals[:280]), batch_size=28, shuffle=True)
held_out = DataLoader(NoisySignals(signals[280:]), batch_size=40)
net = nn.Sequential(nn.Conv1d(1, 16, 7, padding=3), nn.ReLU(), nn.Conv1d(16, 1, 7, padding=3))
optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(5):
    net.train()
    for noisy, clean in learnt:
        optimiser.zero_grad()
        nn.functional.mse_loss(net(noisy), clean).backward()
        optimiser.step()
    net.eval()
    with torch.no_grad():
        errors = [nn.functional.mse_loss(net(noisy), clean).item() for noisy, clean in held_out]
    print(epoch, sum(errors) / len(errors))
