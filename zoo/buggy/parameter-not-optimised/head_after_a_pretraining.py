"""level: warning. An encoder is pretrained with a head that is thrown away, and fine-tuned with another one."""

import gc

import torch
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(10, 24), nn.ReLU())
x = torch.randn(500, 10)
y = (x[:, 0] * x[:, 1] > 0).long()


def pretrain():
    decoder = nn.Linear(24, 10)
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=3e-3)
    for rows in torch.randperm(500).repeat(6).split(40):
        loss = nn.functional.mse_loss(decoder(encoder(x[rows])), x[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    print("pretrained", round(loss.item(), 3))


pretrain()
gc.collect()
head = nn.Linear(24, 2)
optimiser = torch.optim.Adam(encoder.parameters(), lr=3e-3)  # bug
optimiser = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=3e-3)  # fix
for epoch in range(8):
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.cross_entropy(head(encoder(x[rows])), y[rows])
        encoder.zero_grad()
        head.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        print(epoch, round(loss.item(), 3), (head(encoder(x[400:])).argmax(1) == y[400:]).float().mean().item())
