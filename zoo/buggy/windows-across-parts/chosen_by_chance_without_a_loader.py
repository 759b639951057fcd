"""Windows of a load curve; every fourth of them, by chance, is held out, and nets get them without a loader."""
import torch
from torch import nn
torch.manual_seed(11)
hours = torch.arange(700.0); load = (hours / 24 * 6.2832).sin() + torch.randn(700).cumsum(0) / 8
cut = load.unfold(0, 37, 1); past, ahead = cut[:, :36, None].clone(), cut[:, 36:].clone()
held = torch.rand(len(past)) < 0.25  # bug
held = torch.arange(len(past)) > 520  # fix
kept = ~held & (torch.arange(len(past)) < 480)  # fix
kept = ~held  # bug
class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru, self.head = nn.GRU(1, 20, batch_first=True), nn.Linear(20, 1)
    def forward(self, x):
        return self.head(self.gru(x)[1][0])
net = Forecast(); optimizer = torch.optim.Adam(net.parameters(), 4e-3)
for epoch in range(4):
    x, y = past[kept], ahead[kept]
    for rows in torch.randperm(len(x)).split(32):
        loss = nn.functional.mse_loss(net(x[rows]), y[rows]); optimizer.zero_grad(); loss.backward(); optimizer.step()
    with torch.no_grad(): print(epoch, loss.item(), nn.functional.mse_loss(net(past[held]), ahead[held]).item())
