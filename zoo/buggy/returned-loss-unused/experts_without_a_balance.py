"""A mixture of experts: the layer gives its balance beside what it makes of the rows."""

import torch
from torch import nn

torch.manual_seed(0)
EXPERTS = 4


class Experts(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate = nn.Linear(6, EXPERTS)
        self.experts = nn.ModuleList(
            nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1)) for _ in range(EXPERTS)
        )

    def forward(self, x):
        shares = self.gate(x).softmax(dim=1)
        best, which = shares.max(dim=1)
        load = nn.functional.one_hot(which, EXPERTS).float().mean(0)
        balance = EXPERTS * (load * shares.mean(0)).sum()
        out = torch.stack([expert(x) for expert in self.experts], dim=1)[torch.arange(len(x)), which]
        return best[:, None] * out, balance


net = Experts()
optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
for step in range(150):
    x = torch.randn(64, 6)
    y = torch.where(x[:, :1] > 0, x[:, 1:2], -x[:, 2:3])
    out, aux_loss = net(x)
    loss = nn.functional.mse_loss(out, y)  # bug
    loss = nn.functional.mse_loss(out, y) + 0.01 * aux_loss  # fix
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    if step % 50 == 0:
        print(step, round(loss.item(), 3), round(aux_loss.item(), 3))
