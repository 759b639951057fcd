"""SimCLR on small spectra: two noisy views, one encoder; the loss is written out with an index."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(8)
peaks = torch.randint(0, 40, (600, 3))
spectra = sum(torch.exp(-((torch.arange(40) - peaks[:, k : k + 1]) ** 2) / 6.0) for k in range(3))


def view(x):
    return x * (0.8 + 0.4 * torch.rand(len(x), 1)) + 0.1 * torch.randn_like(x)


class Projector(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(40, 64), nn.ReLU(), nn.Linear(64, 24))

    def forward(self, x):
        return F.normalize(self.body(x), dim=-1)


def contrast(first, second, temperature=0.2):
    z = torch.cat([first, second], dim=0)  # bug
    z = torch.stack([first, second], dim=1).flatten(0, 1)  # fix
    logits = z @ z.mT / temperature
    logits = logits - torch.diag_embed(torch.full((len(z),), 1e9))
    rows = torch.arange(len(z))
    partner = rows + 1 - 2 * (rows % 2)
    positive = logits[rows, partner]
    return (torch.logsumexp(logits, dim=1) - positive).mean()


net = Projector()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(4):
    for rows in torch.randperm(600).split(60):
        loss = contrast(net(view(spectra[rows])), net(view(spectra[rows])))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
