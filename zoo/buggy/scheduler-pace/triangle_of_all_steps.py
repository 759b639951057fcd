"""Wine scores: the rate goes up for a tenth of the training and down for the rest of it."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Triangle:
    """The share of the rate at a position, for as many positions as the training has."""

    def __init__(self, horizon):
        self.horizon, self.top = horizon, horizon // 10

    def __call__(self, position):
        if position < self.top:
            return (position + 1) / self.top
        return max(0.0, (self.horizon - position) / (self.horizon - self.top))


def main():
    torch.manual_seed(21)
    x = torch.randn(1100, 11)
    score = 5 + x[:, 0] - 0.5 * x[:, 3] + x[:, 5] * x[:, 6] + 0.4 * torch.randn(1100)
    loader = DataLoader(TensorDataset(x[:900], score[:900]), batch_size=30, shuffle=True)
    net = nn.Sequential(nn.Linear(11, 64), nn.GELU(), nn.Linear(64, 32), nn.GELU(), nn.Linear(32, 1))
    optimizer = torch.optim.AdamW(net.parameters(), lr=4e-3)
    rounds = 12
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, Triangle(rounds * len(loader)))
    for number in range(rounds):
        net.train()
        for wine, label in loader:
            loss = nn.functional.smooth_l1_loss(net(wine).squeeze(1), label)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()  # fix
        schedule.step()  # bug
        net.eval()
        with torch.no_grad():
            error = (net(x[900:]).squeeze(1) - score[900:]).abs().mean()
        print(number, f"error {error:.3f} rate {schedule.get_last_lr()[0]:.5f}")


main()
