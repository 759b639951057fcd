"""Images and captions of the same class are positives of each other, each image's own caption too; masks are corrected late."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(6)
label = torch.randint(0, 6, (480,))
image = torch.randn(6, 24)[label] + 0.6 * torch.randn(480, 24)
caption = torch.randn(6, 18)[label] + 0.6 * torch.randn(480, 18)
see, read = nn.Linear(24, 12), nn.Linear(18, 12)
optimiser = torch.optim.Adam([*see.parameters(), *read.parameters()], lr=3e-3)


def between(a, b, same, temperature=0.2):
    log_share = (a @ b.T / temperature).log_softmax(dim=1)
    return -(same * log_share).sum(1).div(same.sum(1)).mean()


def within(z, same, temperature=0.2):
    others = 1 - torch.eye(len(z))
    alike = z @ z.T / temperature
    log_share = alike - torch.log((alike.exp() * others).sum(1, keepdim=True))
    kept = same * log_share * others
    return -(kept.sum(1) / (same * others).sum(1).clamp(min=1)).mean()


for epoch in range(8):
    for rows in torch.randperm(480).split(60):
        a, b = F.normalize(see(image[rows]), dim=1), F.normalize(read(caption[rows]), dim=1)
        same = (label[rows][:, None] == label[rows][None, :]).float()
        loss = between(a, b, same) + between(b, a, same) + 0.5 * within(a, same)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    print(epoch, loss.item())
