"""Genres of songs; the cosine is to end at a tenth of the rate, which was given with another optimiser in mind."""
import argparse

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=1e-3)
parser.add_argument("--min-lr", type=float, default=1e-2)  # bug
parser.add_argument("--min-lr", type=float, default=1e-4)  # fix
parser.add_argument("--epochs", type=int, default=10)
args = parser.parse_args([])

torch.manual_seed(4)
genre = torch.randint(5, (1000,))
song = 0.9 * torch.randn(5, 20)[genre] + torch.randn(1000, 20)
loader = DataLoader(TensorDataset(song[:800], genre[:800]), batch_size=40, shuffle=True)
net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 5))
optimizer = torch.optim.AdamW(net.parameters(), lr=args.lr, weight_decay=1e-3)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=args.epochs, eta_min=args.min_lr)
for epoch in range(args.epochs):
    net.train()
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
    schedule.step()
    net.eval()
    with torch.no_grad():
        right = (net(song[800:]).argmax(1) == genre[800:]).float().mean()
    print(f"{epoch} accuracy {right:.3f} rate {schedule.get_last_lr()[0]:.5f}")
