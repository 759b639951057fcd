"""Series of several lengths are forecast step by step; errors after their ends are 0, and each mean counts them."""
import torch
from torch import nn

torch.manual_seed(0)
lengths = torch.randint(6, 25, (500,))
speed = 0.2 + torch.rand(500)
series = torch.sin(speed[:, None] * torch.arange(25.0)) + 0.05 * torch.randn(500, 25)
there = torch.arange(24)[None] < lengths[:, None].clamp(max=24)
series[:, 1:] *= there


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.out = nn.GRU(1, 24, batch_first=True), nn.Linear(24, 1)

    def forward(self, x):
        return self.out(self.rnn(x.unsqueeze(-1))[0]).squeeze(-1)


net = Forecast()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(10):
    total = 0.0
    for rows in torch.randperm(500).split(50):
        error = nn.functional.mse_loss(net(series[rows, :-1]), series[rows, 1:], reduction="none")
        error = error.masked_fill(~there[rows], 0.0)
        loss = error.mean(dim=1).mean()  # bug
        loss = (error.sum(dim=1) / there[rows].sum(dim=1)).mean()  # fix
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item() / 10
    print(epoch, total)
