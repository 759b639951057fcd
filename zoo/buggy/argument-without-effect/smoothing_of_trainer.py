"""Letters by their strokes; the trainer is given how much to smooth the labels."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Trainer:
    def __init__(self, net, rate, label_smoothing=0.0):
        self.net, self.label_smoothing = net, label_smoothing
        self.optimizer = torch.optim.AdamW(net.parameters(), lr=rate)

    def epoch(self, loader):
        self.net.train()
        for x, y in loader:
            loss = nn.functional.cross_entropy(self.net(x), y)  # bug
            loss = nn.functional.cross_entropy(self.net(x), y, label_smoothing=self.label_smoothing)  # fix
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()

    @torch.no_grad()
    def accuracy(self, x, y):
        self.net.eval()
        return (self.net(x).argmax(1) == y).float().mean().item()


def main():
    torch.manual_seed(41)
    y = torch.randint(8, (1200,))
    x = torch.randn(8, 18)[y] + 1.4 * torch.randn(1200, 18)
    loader = DataLoader(TensorDataset(x[:1000], y[:1000]), batch_size=50, shuffle=True)
    net = nn.Sequential(nn.Linear(18, 96), nn.ReLU(), nn.Linear(96, 8))
    trainer = Trainer(net, 2e-3, 0.1)
    for number in range(10):
        trainer.epoch(loader)
        print(number, trainer.accuracy(x[1000:], y[1000:]))


main()
