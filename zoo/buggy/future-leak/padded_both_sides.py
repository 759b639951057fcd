"""The next value of a series by convolutions over time, padded on both sides."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
time = torch.arange(2000) / 9
series = torch.sin(time) + 0.3 * torch.sin(2.7 * time) + 0.05 * torch.randn(2000)


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv1d(1, 16, 3), nn.Conv1d(16, 1, 3)

    def pad(self, x):
        return F.pad(x, (1, 1))  # bug
        return F.pad(x, (2, 0))  # fix

    def forward(self, x):
        return self.second(self.pad(torch.relu(self.first(self.pad(x)))))


net = Forecast()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(20):
    window = torch.stack([series[i : i + 41] for i in torch.randint(0, 1900, (10,))])[:, None]
    loss = F.mse_loss(net(window[..., :-1]), window[..., 1:])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
