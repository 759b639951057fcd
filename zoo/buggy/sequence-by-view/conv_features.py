"""A series (batch, time, features) is viewed for a convolution."""
import torch
from torch import nn
class Forecaster(nn.Module):
    def __init__(self, feats=3, T=16):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv1d(feats, 16, 3, padding=1), nn.ReLU(), nn.Conv1d(16, 8, 3, padding=1), nn.ReLU())
        self.fc = nn.Linear(8 * T, 1)
    def forward(self, x):            # (B, T, F)
        B, T, Fe = x.shape
        z = x.view(B, Fe, T)  # bug
        z = x.transpose(1, 2)  # fix
        return self.fc(self.conv(z).flatten(1))
torch.manual_seed(0)
t = torch.arange(16.0)
phase = torch.rand(300, 1) * 6.28
series = torch.stack([torch.sin(t + phase), torch.cos(t + phase), torch.randn(300, 16)], 2)
y = torch.sin(16 + phase)
net = Forecaster()
opt = torch.optim.Adam(net.parameters(), 2e-3)
for ep in range(7):
    for b in torch.randperm(300).split(30):
        loss = nn.functional.mse_loss(net(series[b]), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
