"""Two noisy views of each thing are to find each other in a batch."""

import torch
from torch import nn

torch.manual_seed(0)
things = torch.randn(300, 16)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 64))
        self.project = nn.Linear(64, 32)

    def forward(self, x):
        z = self.project(torch.relu(self.body(x)))
        return z  # bug
        return nn.functional.normalize(z, dim=-1)  # fix


def info_nce(a, b, temperature=0.07):
    scores = torch.einsum("id,jd->ij", a, b) / temperature
    labels = torch.arange(len(a))
    return (nn.functional.cross_entropy(scores, labels) + nn.functional.cross_entropy(scores.T, labels)) / 2


net = Encoder()
optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(150):
    batch = things[torch.randperm(300)[:64]]
    loss = info_nce(*(net(batch + 0.3 * torch.randn_like(batch)) for _ in range(2)))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
print(round(loss.item(), 3))
