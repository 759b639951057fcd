import torch
from torch import nn

torch.manual_seed(31)


class PinballLoss(nn.Module):
    def __init__(self, q):
        super().__init__()
        self.q = q

    def forward(self, prediction, target):
        error = target - prediction
        return torch.maximum(self.q * error, (self.q - 1) * error).mean()


class Forecaster(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.rnn = nn.GRU(1, width, batch_first=True)
        self.out = nn.Linear(width, 1)

    def forward(self, window):
        states, _ = self.rnn(window.unsqueeze(-1))
        return self.out(states[:, -1])


t = torch.arange(900.0)
series = torch.sin(t / 7) + 0.3 * torch.sin(t / 2.3) + 0.15 * torch.randn(900)
windows = series.unfold(0, 25, 1)
past, future = windows[:, :24], windows[:, 24]  # bug
past, future = windows[:, :24], windows[:, 24:]  # fix
cut = 700
train_x, train_y = past[:cut], future[:cut]
test_x, test_y = past[cut + 25:], future[cut + 25:]

net, criterion = Forecaster(), PinballLoss(0.8)
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(12):
    net.train()
    total = 0.0
    for idx in torch.randperm(cut).split(50):
        opt.zero_grad()
        loss = criterion(net(train_x[idx]), train_y[idx])
        loss.backward()
        opt.step()
        total += loss.item()
    if epoch % 3 == 2:
        print(f"epoch {epoch + 1}: {total / 14:.4f}")

net.eval()
with torch.no_grad():
    p = net(test_x)
covered = (test_y.reshape(-1) <= p.reshape(-1)).float().mean().item()
print(f"share of the future under the 0.8 quantile: {covered:.2f}")
