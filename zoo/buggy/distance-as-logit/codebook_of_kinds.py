"""A net with one learnt centre a class: the loss takes the distances to the centres for their logits."""
import torch
from torch import nn

torch.manual_seed(0)


class Centres(nn.Module):
    def __init__(self, kinds, width):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, width))
        self.centres = nn.Parameter(torch.randn(kinds, width))

    def forward(self, x):
        code = self.body(x)
        return (code[:, None] - self.centres[None]).pow(2).sum(-1)


rows = torch.randn(700, 12)
kinds = (rows @ torch.randn(12, 5)).argmax(1)
net = Centres(5, 8)
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(6):
    for chosen in torch.randperm(600).split(30):
        away = net(rows[chosen])
        loss = nn.functional.nll_loss(torch.log_softmax(away, dim=1), kinds[chosen])  # bug
        loss = nn.functional.nll_loss(torch.log_softmax(-away, dim=1), kinds[chosen])  # fix
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        right = (net(rows[600:]).argmin(1) == kinds[600:]).float().mean()
    print(f"epoch {epoch}: {right:.3f}")
