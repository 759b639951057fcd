"""The errors of all values are averaged, with a weight; the divergences are summed over latents and rows."""
import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__(); self.up = nn.Linear(64, 48); self.both = nn.Linear(48, 8); self.down = nn.Sequential(nn.Linear(4, 48), nn.ReLU(), nn.Linear(48, 64))
    def forward(self, x):
        mean, spread = self.both(torch.relu(self.up(x))).chunk(2, 1)
        return self.down(mean + torch.randn_like(mean) * (spread / 2).exp()), mean, spread
net = Net(); opt = torch.optim.Adam(net.parameters(), 2e-3); rows = torch.randn(600, 4) @ torch.randn(4, 64)
for step in range(60):
    x = rows[torch.randint(0, 600, (50,))]; out, mean, spread = net(x)
    error = 5 * nn.functional.mse_loss(out, x)  # bug
    error = 5 * 64 * 50 * nn.functional.mse_loss(out, x)  # fix
    divergence = -0.5 * torch.sum(1 + spread - mean.pow(2) - spread.exp())
    loss = error + divergence
    opt.zero_grad(); loss.backward(); opt.step()
