"""The noise is drawn by torch.normal around the mean."""
import torch
from torch import nn
import torch.nn.functional as F


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 24), nn.ReLU())
        self.mean, self.log_std = nn.Linear(24, 3), nn.Linear(24, 3)
        self.out = nn.Linear(3, 6)

    def forward(self, x):
        h = self.body(x)
        mean, std = self.mean(h), self.log_std(h).clamp(-4, 2).exp()
        code = torch.normal(mean, std)  # bug
        code = mean + std * torch.randn_like(std)  # fix
        return self.out(code), mean, std


torch.manual_seed(0)
net = Head()
optimizer = torch.optim.Adam(net.parameters(), 3e-3)
data = torch.randn(300, 2) @ torch.randn(2, 6)
for step in range(60):
    x = data[torch.randint(0, 300, (32,))]
    x_hat, mean, std = net(x)
    kl = (0.5 * (mean**2 + std**2 - 1) - std.log()).sum(1).mean()
    loss = F.mse_loss(x_hat, x, reduction="sum") / len(x) + kl
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
